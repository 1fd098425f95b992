import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import type { Fault, FaultKind } from './fault.ts'

/** The parts of a syntax tree node that faults look at. */
interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

interface Change {
  readonly kind: FaultKind
  readonly start: number
  readonly end: number
  readonly replacement: string
}

const OPERATORS: Readonly<Record<string, readonly [FaultKind, string]>> = {
  '<': ['boundary', '<='],
  '<=': ['boundary', '<'],
  '>': ['boundary', '>='],
  '>=': ['boundary', '>'],
  '===': ['equality', '!=='],
  '!==': ['equality', '==='],
  '+': ['arithmetic', '-'],
  '-': ['arithmetic', '+'],
  '*': ['arithmetic', '/'],
  '/': ['arithmetic', '*'],
  '%': ['arithmetic', '*'],
  '&&': ['logic', '||'],
  '||': ['logic', '&&'],
  '+=': ['arithmetic', '-='],
  '-=': ['arithmetic', '+='],
}
const METHODS: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  min: 'max',
  max: 'min',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  push: 'unshift',
}
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])
/** Nobody relies on log texts, and only the leak check notices a missing `unref`. */
const UNSEEN_CALL =
  /^(?:await )?(?:[\w.?!#]*\b)?(?:logger|log|console)\??\.(?:debug|info|warn|error|trace)\(|\.unref\??\.?\(\)$/
/**
 * Waiting times are tested where they matter; one more millisecond would change nothing visible.
 */
const TIME_NAME = /(?:_MS|Ms|_SECONDS|Seconds|_BYTES|_MB)$/

/** Adding one to a large number seldom makes a difference; to a small one it mostly does. */
const LARGEST = 10

/** Every fault that can be planted in a file, without those that would not parse. */
export function findFaults(root: string, file: string): Fault[] {
  const text = readFileSync(join(root, file), 'utf8')
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`)
  const changes: Change[] = []
  walk(program as unknown as Node, undefined, (node, parent) =>
    changes.push(...changesOf(node, parent, text)),
  )
  const seen = new Map<string, number>()
  return changes.flatMap((change) => {
    const fault = toFault(file, text, change, seen)
    const mutated = text.slice(0, change.start) + change.replacement + text.slice(change.end)
    return parseSync(file, mutated).errors.length === 0 ? [fault] : []
  })
}

/**
 * The id comes from the words of its line, not from its number. Equal lines of a file are numbered
 * in order.
 */
function toFault(file: string, text: string, change: Change, seen: Map<string, number>): Fault {
  const { kind, start, end, replacement } = change
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const lineEnd = text.indexOf('\n', start)
  const words = text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd).trim()
  const key = JSON.stringify([file, kind, words, start - lineStart, replacement])
  const count = seen.get(key) ?? 0
  seen.set(key, count + 1)
  const id = createHash('sha256').update(`${key}${count}`).digest('hex').slice(0, 10)
  const line = text.slice(0, start).split('\n').length
  return { id, file, line, kind, start, end, original: text.slice(start, end), replacement }
}

function walk(
  node: Node,
  parent: Node | undefined,
  visit: (node: Node, parent: Node | undefined) => void,
): void {
  // types do not exist at run time
  if (node.type.startsWith('TS') && !('expression' in node)) return
  visit(node, parent)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, node, visit)
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}

function changesOf(node: Node, parent: Node | undefined, text: string): Change[] {
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'AssignmentExpression': {
      return operatorChanges(node, text)
    }
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'WhileStatement': {
      return conditionChanges(node.test as Node, text)
    }
    case 'ExpressionStatement': {
      return statementChanges(node, text)
    }
    case 'AwaitExpression': {
      const argument = node.argument as Node
      return [instead('no-await', node, `(${slice(argument, text)})`)]
    }
    case 'ReturnStatement': {
      return isNode(node.argument) ? [instead('no-return', node, returnInstead(node.argument, text))] : []
    }
    case 'Literal': {
      return constantChanges(node, parent)
    }
    case 'MemberExpression': {
      const property = node.property as Node
      const other =
        parent?.type === 'CallExpression' && parent.callee === node && METHODS[String(property.name)]
      return other && node.computed !== true ? [instead('swapped-method', property, other)] : []
    }
    default: {
      return FUNCTIONS.has(node.type) ? emptyBody(node) : []
    }
  }
}

function operatorChanges(node: Node, text: string): Change[] {
  const [left, right] = [node.left as Node, node.right as Node]
  const found = OPERATORS[String(node.operator)]
  if (!found || (found[0] === 'arithmetic' && [left, right].some(isText))) return []
  const start = text.indexOf(String(node.operator), left.end)
  return [{ kind: found[0], start, end: start + String(node.operator).length, replacement: found[1] }]
}

function isText(node: Node): boolean {
  if (node.type === 'BinaryExpression') return [node.left as Node, node.right as Node].some(isText)
  return node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string')
}

/** A comparison is already inverted through its operator. */
function conditionChanges(test: Node, text: string): Change[] {
  if (test.type === 'BinaryExpression') return []
  if (test.type === 'UnaryExpression' && test.operator === '!')
    return [instead('condition', test, slice(test.argument as Node, text))]
  return [instead('condition', test, `!(${slice(test, text)})`)]
}

function statementChanges(node: Node, text: string): Change[] {
  const expression = node.expression as Node
  const call = expression.type === 'AwaitExpression' ? (expression.argument as Node) : expression
  if (call.type !== 'CallExpression' || UNSEEN_CALL.test(slice(node, text))) return []
  return (call.callee as Node).type === 'Super' ? [] : [instead('no-call', node, ';')]
}

function returnInstead(argument: Node, text: string): string {
  const words = slice(argument, text)
  if (words === 'true') return 'return false'
  if (words === 'false') return 'return true'
  return words === 'undefined' ? 'return null' : 'return undefined'
}

function constantChanges(node: Node, parent: Node | undefined): Change[] {
  if (typeof node.value === 'boolean') {
    // `return true` is a fault of its own
    return parent?.type === 'ReturnStatement' ? [] : [instead('constant', node, String(!node.value))]
  }
  if (typeof node.value !== 'number' || node.value > LARGEST || isTime(parent)) return []
  return [instead('constant', node, String(node.value === 1 ? 0 : node.value + 1))]
}

function isTime(parent: Node | undefined): boolean {
  const named = (parent?.id ?? parent?.key ?? parent?.left) as Node | undefined
  return TIME_NAME.test(String(named?.name ?? ''))
}

function emptyBody(node: Node): Change[] {
  const body = node.body as Node | undefined
  if (body?.type !== 'BlockStatement' || (body.body as Node[]).length === 0) return []
  return [instead('empty-body', body, '{}')]
}

function instead(kind: FaultKind, { start, end }: Node, replacement: string): Change {
  return { kind, start, end, replacement }
}

function slice({ start, end }: Node, text: string): string {
  return text.slice(start, end)
}
