import type { TelegramInputRichBlockListItem, TelegramRichBlockTableCell } from '@gramio/types'
import { asRichText, parseRichInline } from './rich-inline.ts'
import { mediaReference, withoutMedia } from './rich-media-reference.ts'
import type { ParsedRichBlock } from './rich-media-reference.ts'

const FENCE = /^(`{3,}|~{3,})\s*([^\s`]*)\s*$/
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/
const LIST_ITEM = /^(\s*)(?:([-*+])|(\d{1,9})[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/
const IMAGE = /^!\[([^\]]*)\]\(([^()\s]+)\)$/
/** Deeper nesting is shown as text: it does not occur in practice, and each level uses stack. */
const MAX_DEPTH = 16

/** Parses Markdown into blocks: headings, lists, tables, quotations, code, rules and paragraphs. */
export function parseRichMarkdown(source: string): ParsedRichBlock[] {
  return parseLines(source.split(/\r?\n/), 0)
}

function parseLines(lines: readonly string[], depth: number): ParsedRichBlock[] {
  const blocks: ParsedRichBlock[] = []
  let paragraph: string[] = []
  const flush = (): void => {
    if (paragraph.length > 0) blocks.push(paragraphBlock(paragraph.join('\n')))
    paragraph = []
  }
  let index = 0
  while (index < lines.length) {
    const line = lines[index] ?? ''
    const taken = depth < MAX_DEPTH ? readBlock(lines, index, depth) : undefined
    if (taken) {
      flush()
      blocks.push(taken.block)
      index = taken.next
    } else {
      if (line.trim() === '') flush()
      else paragraph.push(line.trim())
      index += 1
    }
  }
  flush()
  return blocks
}

interface TakenBlock {
  readonly block: ParsedRichBlock
  readonly next: number
}

/** The block that starts on this line; undefined for text. */
function readBlock(lines: readonly string[], index: number, depth: number): TakenBlock | undefined {
  const line = lines[index] ?? ''
  const fence = FENCE.exec(line)
  if (fence) return readFence(lines, index, fence)
  const heading = HEADING.exec(line)
  if (heading) {
    const text = asRichText(parseRichInline(heading[2] ?? ''))
    return { block: { type: 'heading', text, size: heading[1]?.length ?? 1 }, next: index + 1 }
  }
  if (RULE.test(line)) return { block: { type: 'divider' }, next: index + 1 }
  if (line.startsWith('>')) {
    const end = endOfRun(lines, index, (other) => other.startsWith('>'))
    const inner = lines.slice(index, end).map((quoted) => quoted.replace(/^>\s?/, ''))
    return { block: { type: 'blockquote', blocks: withoutMedia(parseLines(inner, depth + 1)) }, next: end }
  }
  if (LIST_ITEM.test(line)) return readList(lines, index, depth)
  if (line.includes('|') && TABLE_RULE.test(lines[index + 1] ?? '')) return readTable(lines, index)
  return undefined
}

function readFence(lines: readonly string[], index: number, fence: RegExpExecArray): TakenBlock {
  const [, marker = '```', language = ''] = fence
  const end = endOfRun(lines, index + 1, (line) => !line.startsWith(marker))
  const text = asRichText(lines.slice(index + 1, end).join('\n'))
  return { block: { type: 'pre', text, ...(language && { language }) }, next: end + 1 }
}

/** Reads items of one indentation; lines indented further belong to the item above. */
function readList(lines: readonly string[], start: number, depth: number): TakenBlock {
  const indent = LIST_ITEM.exec(lines[start] ?? '')?.[1]?.length ?? 0
  const items: TelegramInputRichBlockListItem[] = []
  let index = start
  while (index < lines.length) {
    const item = LIST_ITEM.exec(lines[index] ?? '')
    if (!item || (item[1]?.length ?? 0) !== indent) break
    const [, , , number, box, text = ''] = item
    const end = endOfRun(
      lines,
      index + 1,
      (line) => line.trim() !== '' && /^\s*/.exec(line)![0].length > indent,
    )
    const inner = [text, ...lines.slice(index + 1, end).map((line) => line.slice(indent + 2))]
    items.push({
      blocks: withoutMedia(parseLines(inner, depth + 1)),
      ...(box !== undefined && { has_checkbox: true as const }),
      ...(box !== undefined && box !== ' ' && { is_checked: true as const }),
      ...(number !== undefined && { type: '1' as const, value: Number(number) }),
    })
    index = end
  }
  return { block: { type: 'list', items }, next: index }
}

function readTable(lines: readonly string[], start: number): TakenBlock {
  const end = endOfRun(lines, start + 2, (line) => line.includes('|'))
  const rows = [lines[start] ?? '', ...lines.slice(start + 2, end)]
  const cells = rows.map((row, index) => splitRow(row).map((text) => tableCell(text, index === 0)))
  return { block: { type: 'table', cells }, next: end }
}

function splitRow(row: string): string[] {
  return row
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
}

function tableCell(text: string, isHeader: boolean): TelegramRichBlockTableCell {
  return {
    text: asRichText(parseRichInline(text)),
    align: 'left',
    valign: 'middle',
    ...(isHeader && { is_header: true as const }),
  }
}

function paragraphBlock(text: string): ParsedRichBlock {
  const image = IMAGE.exec(text)
  const reference = image && mediaReference(image[2] ?? '', image[1] ?? '')
  return reference ?? { type: 'paragraph', text: asRichText(parseRichInline(text)) }
}

function endOfRun(lines: readonly string[], start: number, belongs: (line: string) => boolean): number {
  let end = start
  while (end < lines.length && belongs(lines[end] ?? '')) end += 1
  return end
}
