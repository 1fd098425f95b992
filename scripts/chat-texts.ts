import { relative } from 'node:path'
import { parseSync } from 'oxc-parser'
import { isTest, ownerOf } from './house.ts'
import type { House } from './house.ts'

/**
 * Where texts for chats are written, and nowhere else: one file a package, so that a person can read
 * them all. In these folders, anything that looks like a sentence has to be in such a file.
 */
export const TEXTS_FILE =
  /texts\.ts$|^packages\/(?:demo-model\/src\/(?:facts|small-talk|foreign-language)|telegram\/src\/api\/refusals)\.ts$/
const SPEAKING = [
  /^apps\/assistant\/src\/(?:admin|alerts\/(?!alert-findings)|parts\/telegram|system-plugin|time-zones)/,
  /^packages\/pipeline\/src\/(?:ask-plugin|dispatcher|presses)/,
  /^packages\/telegram\/src\/send\/mend-message/,
  /^plugins\/[a-z_]+\/src\//,
  /^packages\/access\/src\//,
  /^packages\/demo-model\/src\/(?:about-me|demo-brain|recall|tool-answers)/,
  /^packages\/ai\/src\/tools\/(?:approval|decide-approval|turn-guard)/,
]
/** Words for a model, for owners' configuration, of languages, or tables that only hold texts. */
const OTHER_READERS = /(?:prompt|configuration|-definition|languages-of-\w+|find-repeat|texts)\.ts$/

const BEGINS = /^(?:\W*\p{Lu}|\p{Extended_Pictographic})/u
/** After a value, a sentence may go on in lower case. */
const ENDS = /\p{L}\S* \p{L}+[^\n]*[.!?]$/u
const CODE =
  /^\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|WHERE|LIKE|ALTER|DROP|PRAGMA|BEGIN|COMMIT)\b|^(?:Bearer|Basic) |^[^\p{Ll}]+$/u

/** What is not said in a chat, although it is a sentence: by the call, or by the name it gets. */
const SILENT_CALLS = /(?:^|\.)(?:describe|warn|info|debug|error|split|abort|counter|gauge|histogram|refine)$/
const SILENT_ERRORS = /^(?:Error|TypeError|RangeError|DeliveryError|PluggramError|AiError)$/
const SILENT_NAMES =
  /^(?:description|help|usage|examples|user-agent|content|en|de)$|instruction|prompt|system|rules/i

/** What is written there is shown, even one word. */
const LABELLED = /^(?:text|response|error|notice)$/

interface InlineText {
  readonly start: number
  readonly end: number
  readonly line: number
  readonly text: string
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

/** Every text for a chat that is written amid the code, and every one that is never used. */
export function checkChatTexts({ root, files }: House): string[] {
  const sources = [...files.values()].map(({ path, text }) => ({ file: relative(root, path), path, text }))
  const inline = sources
    .filter(({ file }) => !isTest(file) && speaks(file))
    .flatMap(({ file, text }) =>
      findInlineTexts(file, text).map(
        (found) =>
          `${file}:${found.line} says ${JSON.stringify(found.text.slice(0, 60))} in a chat; put it into the texts.ts of its package`,
      ),
    )
  const unsaid = sources
    .filter(({ file }) => !isTest(file) && file.endsWith('texts.ts'))
    .flatMap(({ file, path, text }) => {
      const table = /export const (\w+) = \{/.exec(text)?.[1] ?? ''
      const near = sources.filter((source) => ownerOf(source.path, root) === ownerOf(path, root))
      const keys = new Set(textsIn(file, text).map(({ id }) => id.split('.')[0] ?? ''))
      return [...keys]
        .filter((key) => !near.some((source) => new RegExp(`\\b${table}\\.${key}\\b`).test(source.text)))
        .map((key) => `${file}: nobody says ${table}.${key}; remove it`)
    })
  const gaps = sources
    .filter(({ file }) => TEXTS_FILE.test(file))
    .flatMap(({ file, text }) => untranslated(file, text))
  return [...inline, ...unsaid, ...gaps]
}

/** Texts of a table that are missing in a language in which others of the table are. */
function untranslated(file: string, source: string): string[] {
  const texts = textsIn(file, source).map(({ id }) => {
    const cut = id.lastIndexOf('.')
    return { key: id.slice(0, cut), language: id.slice(cut + 1) }
  })
  const translated = new Set(texts.filter(({ language }) => language === 'en').map(({ key }) => key))
  const entries = texts.filter(({ key }) => translated.has(key))
  const languages = new Set(entries.map(({ language }) => language))
  const known = new Set(entries.map(({ key, language }) => `${key}.${language}`))
  return [...translated].flatMap((key) =>
    [...languages]
      .filter((language) => !known.has(`${key}.${language}`))
      .map((language) => `${file}: ${key} has no text in "${language}"`),
  )
}

/** Whether a file may hold what is said in chats. */
function speaks(file: string): boolean {
  return SPEAKING.some((place) => place.test(file)) && !OTHER_READERS.test(file)
}

/** The texts in a source file that look as if people read them in a chat. */
function findInlineTexts(file: string, source: string): InlineText[] {
  const found: InlineText[] = []
  const labels = new Set<unknown>()
  visit(parseSync(file, source).program as unknown as Node, (node, isSilent) => {
    if (node.type === 'Property' && LABELLED.test(nameOf(node['key'] as Node))) {
      labels.add(node['value'])
    }
    const text = textOf(node)
    if (isSilent || text === undefined) return
    if (!isSentence(text) && !(labels.has(node) && isLabel(text))) return
    const line = source.slice(0, node.start).split('\n').length
    found.push({ start: node.start, end: node.end, line, text })
  })
  return found
}

/** What messages and refusals are compared with, and other keys of such tables. */
const UNSPOKEN = /^(?:id|keywords|words|letters|description|examples|ways|meaning)$/

/** The texts of a file of texts: `id` is where one stands in its table. */
export function textsIn(file: string, source: string): { readonly id: string; readonly said: string }[] {
  const texts: { id: string; said: string }[] = []
  const collect = (node: Node, path: readonly string[]): void => {
    if (node.type.startsWith('TS') && !('expression' in node)) return
    if (node.type === 'ObjectExpression' && keysOf(node).includes('en')) {
      for (const property of node['properties'] as readonly Node[])
        collect(property['value'] as Node, [...path, nameOf(property['key'] as Node)])
      return
    }
    if (node.type === 'Property' && UNSPOKEN.test(nameOf(node['key'] as Node))) return
    const said = textOf(node, (value) => `{${source.slice(value.start, value.end)}}`)
    if (said !== undefined && path.length > 0) texts.push({ id: path.join('.'), said })
    const step = node.type === 'Property' ? [nameOf(node['key'] as Node)] : []
    const inside = node.type === 'Property' ? [node['value']] : Object.values(node).flat()
    if (said !== undefined) return
    for (const child of inside) if (isNode(child)) collect(child, [...path, ...step])
  }
  collect(parseSync(file, source).program as unknown as Node, [])
  return texts
}

function keysOf(node: Node): readonly string[] {
  return (node['properties'] as readonly Node[]).map((property) =>
    nameOf((property['key'] ?? property) as Node),
  )
}

/** What a plugin's manifest shows in menus and in /help, by its place. */
export function manifestTextsIn(
  file: string,
  source: string,
): { readonly id: string; readonly said: string }[] {
  if (!/\bdefine(?:Plugin|Manifest)\(/.test(source)) return []
  const texts: { id: string; said: string }[] = []
  const collect = (node: Node, path: readonly string[]): void => {
    const name = node.type === 'Property' ? nameOf(node['key'] as Node) : undefined
    if (name === 'tools') return
    const inside = name === undefined ? path : [...path, name]
    const said = textOf(node)
    if (said !== undefined && /^(?:description|help)$/.test(path.at(-1) ?? ''))
      texts.push({ id: path.join('.'), said })
    for (const child of Object.values(node).flat()) if (isNode(child)) collect(child, inside)
  }
  visit(parseSync(file, source).program as unknown as Node, (node) => {
    const isManifest =
      node.type === 'CallExpression' && /^define(?:Plugin|Manifest)$/.test(nameOf(node['callee'] as Node))
    if (isManifest)
      for (const argument of node['arguments'] as readonly Node[]) collect(argument, ['manifest'])
  })
  return texts
}

/** Where what a terminal shows is written: commands, failures, and what is wrong with a configuration. */
const TERMINAL =
  /^(?:apps\/assistant\/src\/(?:cli\/|overview)|packages\/sdk\/src\/runtime\/failures\.ts$|packages\/config\/src\/[a-z-]*(?:problem|explain|describe|check|switch|file|secret|locations)[a-z-]*\.ts$)/

/** Everything of two words or more that such a file may print, by its line. */
export function terminalTextsIn(
  file: string,
  source: string,
): { readonly id: string; readonly said: string }[] {
  if (!TERMINAL.test(file)) return []
  const texts: { id: string; said: string }[] = []
  const isPart = new Set<unknown>()
  visit(parseSync(file, source).program as unknown as Node, (node, isSilent) => {
    const said = isPart.has(node)
      ? undefined
      : textOf(node, (value) => `{${source.slice(value.start, value.end)}}`)
    if (said === undefined || isSilent || CODE.test(said) || !/\p{L}{2}.*\s.*\p{L}{2}/u.test(said)) return
    texts.push({ id: String(source.slice(0, node.start).split('\n').length), said })
    if (node.type === 'TemplateLiteral') for (const part of node['expressions'] as unknown[]) isPart.add(part)
  })
  return texts
}

/** The title in a plugin's package.json. */
export function packageTitleIn(source: string): { readonly id: string; readonly said: string }[] {
  const { pluggram } = JSON.parse(source) as { pluggram?: { title?: Record<string, string> } }
  return Object.entries(pluggram?.title ?? {}).map(([language, said]) => ({ id: `title.${language}`, said }))
}

/** The text of a literal or a template, with `{}` or what `show` gives for each value. */
function textOf(node: Node, show: (value: Node) => string = () => '{}'): string | undefined {
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value']
  if (node.type !== 'TemplateLiteral') return undefined
  const quasis = node['quasis'] as readonly { readonly value: { readonly cooked: string } }[]
  const values = node['expressions'] as readonly Node[]
  return quasis.map(({ value }, index) => value.cooked + (values[index] ? show(values[index]) : '')).join('')
}

function isSentence(text: string): boolean {
  if (!/\p{L}{2}/u.test(text) || !/\S\s+\S/u.test(text) || CODE.test(text)) return false
  return BEGINS.test(text) || ENDS.test(text)
}

/** A button's text may be one word. */
function isLabel(text: string): boolean {
  return /\p{Lu}\p{Ll}/u.test(text)
}

/** Calls `see` for every node, and tells whether what is there is not said in a chat. */
function visit(node: Node, see: (node: Node, isSilent: boolean) => void, isSilent = false): void {
  if (node.type === 'ImportDeclaration' || node.type === 'TSLiteralType') return
  see(node, isSilent)
  const isNowSilent = isSilent || silences(node)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) visit(child, see, isNowSilent && !isFunction(child))
    }
  }
}

function silences(node: Node): boolean {
  if (node.type === 'TaggedTemplateExpression') return true
  if (node.type === 'CallExpression') return SILENT_CALLS.test(nameOf(node['callee'] as Node))
  if (node.type === 'NewExpression') return SILENT_ERRORS.test(nameOf(node['callee'] as Node))
  if (node.type === 'Property') return SILENT_NAMES.test(nameOf(node['key'] as Node))
  if (node.type === 'VariableDeclarator' || node.type === 'FunctionDeclaration')
    return SILENT_NAMES.test(nameOf(node['id'] as Node))
  return false
}

function nameOf(node: Node): string {
  if (node.type === 'MemberExpression') return `.${nameOf(node['property'] as Node)}`
  return String(node['name'] ?? node['value'] ?? '')
}

function isFunction(node: Node): boolean {
  return node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression'
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}
