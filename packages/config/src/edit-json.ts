import { createScanner, parseTree, type Node } from 'jsonc-parser'
import { inOneLine, isForbiddenKey } from './json-value.ts'
import { READ_AS, TOKEN } from './parse-json-document.ts'

/** Replaces the text from `start` to `end`. */
interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * Sets the value at `path` in a valid JSON text; `undefined` removes the key. Comments, order,
 * indentation and line ends stay as people wrote them. (jsonc-parser's own `modify` moves a comment
 * behind the last entry to the new one, and removes comments beside a removed one.)
 */
export function editJson(text: string, path: readonly string[], value: unknown): string {
  const root = parseTree(text, [], READ_AS)
  if (root === undefined || path.some(isForbiddenKey)) throw new TypeError('this JSON cannot be edited')
  let node = root
  let depth = 0
  let property: Node | undefined
  for (const key of path) {
    const next = propertiesOf(node).find(({ children }) => children?.[0]?.value === key)
    if (next === undefined) break
    property = next
    node = valueOf(next)
    depth++
  }
  const file = { text, ...formatOf(text) }
  if (depth < path.length) {
    if (value === undefined) return text
    const [key, ...deeper] = path.slice(depth)
    const nested = deeper.reduceRight((inner, name) => ({ [name]: inner }), value)
    return apply(text, insertProperty(file, node, `${JSON.stringify(key)}: `, nested))
  }
  if (value !== undefined) return apply(text, [replaceValue(file, node, value)])
  return property?.parent === undefined ? text : apply(text, removeProperty(file, property.parent, property))
}

interface FileFormat {
  readonly text: string
  readonly indent: string
  readonly eol: string
}

function formatOf(text: string): Omit<FileFormat, 'text'> {
  const indent = /[\n\r]([ \t]+)"/.exec(text)?.[1] ?? '  '
  return { indent: indent.slice(0, 8), eol: /\r\n|\n|\r/.exec(text)?.[0] ?? '\n' }
}

function replaceValue(file: FileFormat, node: Node, value: unknown): Edit {
  const isOneLine = isInOneLine(file.text, node) && (node.children?.length ?? 0) > 0
  const text = isOneLine ? inOneLine(value) : inLines(file, value, indentationAt(file.text, node.offset))
  return { start: node.offset, end: endOf(node), text }
}

/** Adds a property after the last one and what is commented beside it. */
function insertProperty(file: FileFormat, object: Node, key: string, value: unknown): Edit[] {
  const { text, eol } = file
  const last = propertiesOf(object).at(-1)
  if (last === undefined) {
    const start = endOfWritten(text, endOf(object) - 1)
    const outside = indentationAt(text, object.offset)
    const inside = outside + file.indent
    const added = `${eol}${inside}${key}${inLines(file, value, inside)}${eol}${outside}`
    return [{ start, end: endOf(object) - 1, text: added }]
  }
  const end = endOf(last)
  if (isInOneLine(text, object)) return [{ start: end, end, text: `, ${key}${inOneLine(value)}` }]
  const { comma, lineEnd } = after(text, end)
  const inside = isFirstInLine(text, last.offset)
    ? indentationAt(text, last.offset)
    : indentationAt(text, object.offset) + file.indent
  const added = `${eol}${inside}${key}${inLines(file, value, inside)}${comma === undefined ? '' : ','}`
  if (lineEnd === end) return [{ start: end, end, text: `,${added}` }]
  const separator = comma === undefined ? [{ start: end, end, text: ',' }] : []
  return [...separator, { start: lineEnd, end: lineEnd, text: added }]
}

/** Removes a property and its comma; a line that is empty then goes, too. */
function removeProperty({ text }: FileFormat, object: Node, property: Node): Edit[] {
  const properties = propertiesOf(object)
  const previous = properties[properties.indexOf(property) - 1]
  const { comma } = after(text, endOf(property))
  const commaBefore = comma === undefined && previous ? after(text, endOf(previous)).comma : undefined
  const removed = [{ start: property.offset, end: endOf(property) }]
  const separator = comma ?? commaBefore
  if (separator !== undefined) removed.push({ start: separator, end: separator + 1 })
  const isGone = (at: number): boolean => removed.some(({ start, end }) => at >= start && at < end)

  // widen the property's own range over what is blank around it
  let start = property.offset
  while (start > 0 && isBlank(text, start - 1)) start--
  let end = endOf(property)
  while (end < text.length && (isGone(end) || isBlank(text, end))) end++
  const opensLine = start === 0 || isLineEnd(text, start - 1)
  const closesLine = isLineEnd(text, end)
  if (opensLine && closesLine) end += text.startsWith('\r\n', end) ? 2 : 1
  else if (opensLine || comma !== undefined) start = property.offset
  else end = endOf(property)
  const whole = { start, end, text: '' }
  const elsewhere = removed.filter((range) => range.start < start || range.start >= end)
  return [whole, ...elsewhere.map((range) => ({ ...range, text: '' }))]
}

/** What follows an entry: its comma, and the end of its line's comments. */
function after(text: string, from: number): { comma: number | undefined; lineEnd: number } {
  const scanner = createScanner(text)
  scanner.setPosition(from)
  let comma: number | undefined
  let lineEnd = from
  let isSameLine = true
  for (let token: number = scanner.scan(); ; token = scanner.scan()) {
    const isComment = token === TOKEN.lineComment || token === TOKEN.blockComment
    if (token === TOKEN.comma && comma === undefined) {
      comma = scanner.getTokenOffset()
      isSameLine = true
    } else if (token === TOKEN.lineBreak) isSameLine = false
    else if (!isComment && token !== TOKEN.space) return { comma, lineEnd }
    if (isSameLine && token !== TOKEN.space) lineEnd = scanner.getPosition()
  }
}

function inLines({ indent, eol }: FileFormat, value: unknown, outside: string): string {
  return JSON.stringify(value, null, indent).replaceAll('\n', eol + outside)
}

function propertiesOf(node: Node): readonly Node[] {
  return node.type === 'object' ? (node.children ?? []) : []
}

function valueOf(property: Node): Node {
  return property.children?.[1] ?? property
}

function endOf(node: Node): number {
  return node.offset + node.length
}

function isLineEnd(text: string, at: number): boolean {
  return text[at] === '\n' || text[at] === '\r'
}

function isBlank(text: string, at: number): boolean {
  return text[at] === ' ' || text[at] === '\t'
}

function isInOneLine(text: string, node: Node): boolean {
  return !/[\n\r]/.test(text.slice(node.offset, endOf(node)))
}

function lineStart(text: string, at: number): number {
  let start = at
  while (start > 0 && !isLineEnd(text, start - 1)) start--
  return start
}

function indentationAt(text: string, at: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, at), at))?.[0] ?? ''
}

function isFirstInLine(text: string, at: number): boolean {
  return text.slice(lineStart(text, at), at).trim() === ''
}

/** The end of what is written before `at`. */
function endOfWritten(text: string, at: number): number {
  return text.slice(0, at).trimEnd().length
}

function apply(text: string, edits: readonly Edit[]): string {
  let result = text
  for (const { start, end, text: added } of edits.toSorted((a, b) => b.start - a.start))
    result = result.slice(0, start) + added + result.slice(end)
  return result
}
