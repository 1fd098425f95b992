import { parseTree } from 'jsonc-parser'
import type { Node } from 'jsonc-parser'
import type { JsonPath } from './json-value.ts'

/** A change of a file's text that is clearly what its author meant. */
export type Correction =
  /** A mistyped key of a JSON file. */
  | { readonly kind: 'rename-key'; readonly at: JsonPath; readonly to: string }
  /** A mistyped name in `.env`. */
  | { readonly kind: 'rename-variable'; readonly name: string; readonly to: string }
  /** `NAME: value` in `.env`. */
  | { readonly kind: 'colon-to-equals'; readonly line: number }
  /** A quote in `.env` without a partner, or a typographic one. */
  | { readonly kind: 'remove-quotes'; readonly line: number }

/** @returns the corrected text; `undefined` when the text is no longer as it was */
export function correctText(text: string, correction: Correction): string | undefined {
  switch (correction.kind) {
    case 'rename-key':
      return renameKey(text, correction.at, correction.to)
    case 'rename-variable':
      return renameVariable(text, correction.name, correction.to)
    case 'colon-to-equals':
      return changeLine(text, correction.line, (line) =>
        COLON.test(line) ? line.replace(COLON, '$1=') : undefined,
      )
    case 'remove-quotes':
      return changeLine(text, correction.line, withoutQuotes)
  }
}

function renameKey(text: string, at: JsonPath, to: string): string | undefined {
  let node: Node | undefined = parseTree(text)
  for (const segment of at.slice(0, -1)) node = member(node, segment)?.value
  const found = member(node, at.at(-1) ?? '')
  if (!found || member(node, to)) return undefined
  const { offset, length } = found.key
  return text.slice(0, offset) + JSON.stringify(to) + text.slice(offset + length)
}

function member(node: Node | undefined, name: string | number): { key: Node; value: Node } | undefined {
  for (const property of node?.type === 'object' ? (node.children ?? []) : []) {
    const [key, value] = property.children ?? []
    if (key?.value === name && value) return { key, value }
  }
  return undefined
}

function renameVariable(text: string, name: string, to: string): string | undefined {
  const pattern = new RegExp(String.raw`^(\s*(?:export\s+)?)${name}(?=\s*=)`, 'gm')
  return pattern.test(text) ? text.replaceAll(pattern, `$1${to}`) : undefined
}

const COLON = /^(\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*)\s*:\s*/

/** Whether a line of `.env` is written as in YAML. */
export function hasColon(line: string): boolean {
  return COLON.test(line)
}

const TYPOGRAPHIC = '“”„‟«»‘’‚‛'
const OPENING = new RegExp(`^(\\s*(?:export\\s+)?[A-Za-z_][A-Za-z0-9_]*\\s*=\\s*)["'\`${TYPOGRAPHIC}]`)
const CLOSING = new RegExp(`["'\`${TYPOGRAPHIC}](?=\\s*(?:\\s#.*)?$)`)

function withoutQuotes(line: string): string | undefined {
  const changed = line.replace(OPENING, '$1').replace(CLOSING, '')
  return changed === line ? undefined : changed
}

/** Whether a value of `.env`, from its `=` to the end of its line, has a quote that ends nothing. */
export function hasStrayQuote(value: string, next: string | undefined): boolean {
  const text = value.replace(/\s#.*$/, '').trim()
  if (new RegExp(`^[${TYPOGRAPHIC}]|[${TYPOGRAPHIC}]$`).test(text)) return true
  const quote = text.charAt(0)
  if (quote === '' || !`"'\``.includes(quote)) return /^[^"'`\s]+["'`]$/.test(text)
  if (value.trim().includes(quote, 1)) return false
  // a text over several lines may be meant; a next line that sets a variable is none of its lines
  return next === undefined || /^\s*(?:export\s+)?[A-Z][A-Z0-9_]*=(?!=|$)/.test(next)
}

function changeLine(
  text: string,
  number: number,
  change: (line: string) => string | undefined,
): string | undefined {
  const lines = text.split(/(?<=\n)/)
  const line = lines[number - 1]
  if (line === undefined) return undefined
  const [, body = '', end = ''] = /^(.*?)(\r?\n?)$/s.exec(line) ?? []
  const changed = change(body)
  return changed === undefined ? undefined : lines.with(number - 1, changed + end).join('')
}
