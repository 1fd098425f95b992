import { createScanner, parseTree, type Node, type ParseError } from 'jsonc-parser'
import { createProblem, type ConfigLocation, type ConfigProblem } from './config-problem.ts'
import { formatPath, quote } from './format-path.ts'
import { isForbiddenKey, type JsonPath, type JsonValue } from './json-value.ts'
import { createLineIndex, type LineIndex } from './line-index.ts'
import { explainSyntaxError } from './syntax-problem.ts'

/**
 * Deeper nesting is rejected before the recursive parser runs, so that no file can overflow the
 * stack.
 */
const DEEPEST_NESTING = 64
/** Maximum number of problems of one kind to report in a file. */
const MOST_PROBLEMS = 100
/**
 * One syntax error causes others. Only the first one in a line is reported, and only for a few
 * lines.
 */
const MOST_SYNTAX_PROBLEMS = 5

/** A parsed JSON file with the position of each value. */
export interface JsonDocument {
  readonly file: string
  readonly value: JsonValue
  /**
   * The keys of the object at `path`, in the file's order. (JavaScript objects move numeric keys to
   * the front.)
   */
  keysAt(path: JsonPath): readonly string[]
  /** The position of a key or array item, or of its nearest existing ancestor. */
  locateKey(path: JsonPath): ConfigLocation
  /** The position of a value, or of its nearest existing ancestor's key. */
  locateValue(path: JsonPath): ConfigLocation
}

/** `document` is absent if the text is invalid; `problems` then contains all the reasons. */
export interface ParsedJson {
  readonly document?: JsonDocument
  readonly problems: readonly ConfigProblem[]
}

/**
 * Parses JSON with comments and trailing commas, which people write. Everything else is strict: no
 * duplicate keys, no `__proto__`, no deep nesting.
 */
export function parseJsonDocument(file: string, text: string): ParsedJson {
  const lines = createLineIndex(text)
  const at = (offset: number): ConfigLocation => ({ file, ...lines.positionAt(offset) })
  const fail = (offset: number, expected: string, got: string, fix: string): ParsedJson => ({
    problems: [createProblem({ at: at(offset), path: '', expected, got, fix })],
  })

  const plain = withoutExtras(text)
  if (plain.trim() === '')
    return fail(0, 'a JSON object', 'an empty file', 'write {} into the file, or remove it')
  const tooDeep = findTooDeep(text)
  if (tooDeep !== undefined) {
    return fail(tooDeep, `at most ${DEEPEST_NESTING} levels of nesting`, 'more', 'flatten the structure')
  }

  const errors: ParseError[] = []
  const root = parseTree(text, errors, READ_AS)
  if (errors.length > 0) return { problems: syntaxProblems(errors, text, at) }
  if (root === undefined || !isStrictJson(plain)) return fail(0, 'JSON', 'something else', 'correct the JSON')

  const problems: ConfigProblem[] = []
  const value = readNode(root, [], { at, problems })
  const shown = problems.slice(0, MOST_PROBLEMS)
  // a fault inside one plugin's block leaves out that plugin, not the file
  if (problems.some(({ plugin }) => plugin === undefined)) return { problems: shown }
  return { document: createDocument(file, value, root, lines), problems: shown }
}

function syntaxProblems(
  errors: readonly ParseError[],
  text: string,
  at: (offset: number) => ConfigLocation,
): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  let lastLine = 0
  for (const error of errors) {
    const { offset, ...explanation } = explainSyntaxError(error, text)
    const location = at(offset)
    if (location.line <= lastLine) continue
    lastLine = location.line
    problems.push(createProblem({ at: location, path: '', ...explanation }))
    if (problems.length === MOST_SYNTAX_PROBLEMS) break
  }
  return problems
}

/** How jsonc-parser reads and edits these files. */
export const READ_AS = { disallowComments: false, allowTrailingComma: true } as const

/** `JSON.parse` decides what else is valid JSON. */
function isStrictJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * jsonc-parser's token kinds. Its `SyntaxKind` is a const enum, which type stripping does not
 * support.
 */
export const TOKEN = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  lineComment: 12,
  blockComment: 13,
  lineBreak: 14,
  space: 15,
  endOfFile: 17,
} as const

/** The text without comments and trailing commas. */
function withoutExtras(text: string): string {
  const scanner = createScanner(text)
  const kept: string[] = []
  let comma: number | undefined
  for (let token: number = scanner.scan(); token !== TOKEN.endOfFile; token = scanner.scan()) {
    if (token === TOKEN.lineComment || token === TOKEN.blockComment) continue
    if ((token === TOKEN.closeBrace || token === TOKEN.closeBracket) && comma !== undefined) kept[comma] = ''
    if (token !== TOKEN.space && token !== TOKEN.lineBreak)
      comma = token === TOKEN.comma ? kept.length : undefined
    kept.push(text.slice(scanner.getTokenOffset(), scanner.getTokenOffset() + scanner.getTokenLength()))
  }
  return kept.join('')
}

/**
 * The offset of the first bracket beyond the limit. Uses the parser's scanner, which skips strings
 * and comments.
 */
function findTooDeep(text: string): number | undefined {
  const scanner = createScanner(text, true)
  const open: number[] = []
  for (let token: number = scanner.scan(); token !== TOKEN.endOfFile; token = scanner.scan()) {
    if (token === TOKEN.openBrace || token === TOKEN.openBracket) {
      // the closing bracket's kind is the next number
      open.push(token + 1)
      if (open.length > DEEPEST_NESTING) return scanner.getTokenOffset()
    } else if (token === open.at(-1)) {
      // only the matching bracket closes: the parser nests further after a wrong one
      open.pop()
    }
  }
  return undefined
}

interface Reading {
  readonly at: (offset: number) => ConfigLocation
  readonly problems: ConfigProblem[]
}

function readNode(node: Node, path: JsonPath, reading: Reading): JsonValue {
  if (node.type === 'array') {
    return (node.children ?? []).map((child, index) => readNode(child, [...path, index], reading))
  }
  if (node.type === 'object') return readObject(node, path, reading)
  if (node.type === 'number' && !Number.isFinite(node.value)) {
    reading.problems.push(
      createProblem({
        at: reading.at(node.offset),
        path: formatPath(path),
        expected: 'a number below 1.8e308',
        got: 'a larger one',
        fix: 'write a smaller number',
        plugin: pluginAt(path),
      }),
    )
  }
  return node.value as JsonValue
}

function readObject(node: Node, path: JsonPath, reading: Reading): JsonValue {
  const result: Record<string, JsonValue> = {}
  const offsets = new Map<string, number>()
  for (const { key, keyNode, valueNode } of properties(node)) {
    const at = reading.at(keyNode.offset)
    const name = formatPath([...path, key])
    const first = offsets.get(key)
    const plugin = pluginAt([...path, key])
    if (isForbiddenKey(key)) {
      const fix = 'remove it or choose another name'
      reading.problems.push(
        createProblem({ at, path: name, message: `the key ${quote(key)} is not allowed`, fix, plugin }),
      )
    } else if (first === undefined) {
      offsets.set(key, keyNode.offset)
      result[key] = readNode(valueNode, [...path, key], reading)
    } else {
      const message = `this key is already on line ${reading.at(first).line}`
      reading.problems.push(createProblem({ at, path: name, message, fix: 'keep one of the two', plugin }))
    }
  }
  return result
}

/** The plugin whose block of config.json holds this path. */
function pluginAt([section, name]: JsonPath): string | undefined {
  return section === 'plugins' && typeof name === 'string' ? name : undefined
}

function* properties(node: Node): Generator<{ key: string; keyNode: Node; valueNode: Node }> {
  for (const property of node.children ?? []) {
    const [keyNode, valueNode] = property.children ?? []
    if (keyNode !== undefined && valueNode !== undefined)
      yield { key: String(keyNode.value), keyNode, valueNode }
  }
}

function createDocument(file: string, value: JsonValue, root: Node, lines: LineIndex): JsonDocument {
  const follow = (path: JsonPath): { key: Node; value: Node; isExact: boolean } => {
    let key = root
    let node = root
    for (const segment of path) {
      if (node.type === 'array') {
        const item = typeof segment === 'number' ? node.children?.[segment] : undefined
        if (item === undefined) return { key, value: node, isExact: false }
        key = item
        node = item
      } else {
        const property = [...properties(node)].find((candidate) => candidate.key === segment)
        if (node.type !== 'object' || property === undefined) return { key, value: node, isExact: false }
        key = property.keyNode
        node = property.valueNode
      }
    }
    return { key, value: node, isExact: true }
  }
  return {
    file,
    value,
    keysAt(path) {
      const found = follow(path)
      if (!found.isExact || found.value.type !== 'object') return []
      return [...properties(found.value)].map((property) => property.key)
    },
    locateKey: (path) => ({ file, ...lines.positionAt(follow(path).key.offset) }),
    locateValue(path) {
      const found = follow(path)
      return { file, ...lines.positionAt(found.isExact ? found.value.offset : found.key.offset) }
    },
  }
}
