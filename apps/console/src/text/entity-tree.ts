import type { TranscriptMessage } from '../api/driver-types.ts'

/**
 * A formatted range in Telegram. `offset` and `length` count UTF-16 units, as in JavaScript
 * strings.
 */
export type MessageEntity = TranscriptMessage['entities'][number]

/** A part of a formatted text. The joined `text` of all leaves equals the input. */
export type TextNode =
  | { readonly kind: 'text'; readonly start: number; readonly text: string }
  | {
      readonly kind: 'entity'
      readonly start: number
      readonly text: string
      readonly entity: MessageEntity
      readonly children: readonly TextNode[]
    }

interface Range {
  readonly entity: MessageEntity
  readonly start: number
  readonly end: number
}

const BLOCK_TYPES: ReadonlySet<string> = new Set(['pre', 'blockquote', 'expandable_blockquote'])

/** Whether the entity is rendered as a block. */
export function isBlockEntity(entity: MessageEntity): boolean {
  return BLOCK_TYPES.has(entity.type)
}

/**
 * Converts flat, possibly nested and overlapping ranges to a tree.
 *
 * The text is split at every boundary. Each piece has the ranges that cover it, outermost first,
 * and neighbours with the same outer ranges share a node. So a range that crosses another becomes
 * two nodes. Blocks are always outermost, so that they are never split. Ranges outside the text are
 * clipped, and a boundary inside a surrogate pair moves outwards.
 */
export function buildEntityTree(text: string, entities: readonly MessageEntity[]): readonly TextNode[] {
  const ranges = entities.flatMap((entity) => toRange(text, entity)).toSorted(compareRanges)
  const cuts = [
    ...new Set([0, text.length, ...ranges.flatMap((range) => [range.start, range.end])]),
  ].toSorted((left, right) => left - right)
  const pieces = cuts.slice(0, -1).map((start, index) => {
    const end = cuts[index + 1] ?? text.length
    return { start, end, covering: ranges.filter((range) => range.start <= start && range.end >= end) }
  })
  return nest(text, pieces, 0)
}

/** The text of all leaves, in order. */
export function treeText(nodes: readonly TextNode[]): string {
  return nodes.map((node) => (node.kind === 'text' ? node.text : treeText(node.children))).join('')
}

interface Piece {
  readonly start: number
  readonly end: number
  readonly covering: readonly Range[]
}

function nest(text: string, pieces: readonly Piece[], depth: number): readonly TextNode[] {
  const nodes: TextNode[] = []
  let index = 0
  while (index < pieces.length) {
    const first = pieces[index] as Piece
    const range = first.covering[depth]
    let next = index + 1
    while (next < pieces.length && pieces[next]?.covering[depth] === range) next += 1
    const group = pieces.slice(index, next)
    const end = group.at(-1)?.end ?? first.end
    const slice = text.slice(first.start, end)
    if (range === undefined) nodes.push({ kind: 'text', start: first.start, text: slice })
    else {
      const children = nest(text, group, depth + 1)
      nodes.push({ kind: 'entity', start: first.start, text: slice, entity: range.entity, children })
    }
    index = next
  }
  return nodes
}

function toRange(text: string, entity: MessageEntity): readonly Range[] {
  if (!Number.isSafeInteger(entity.offset) || !Number.isSafeInteger(entity.length)) return []
  let start = Math.max(0, entity.offset)
  let end = Math.min(text.length, entity.offset + entity.length)
  if (start >= end) return []
  if (splitsPair(text, start)) start -= 1
  if (splitsPair(text, end)) end += 1
  return [{ entity, start, end }]
}

/** Whether a split before `index` would separate a surrogate pair. */
function splitsPair(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return false
  const before = text.charCodeAt(index - 1)
  const after = text.charCodeAt(index)
  return before >= 0xd8_00 && before <= 0xdb_ff && after >= 0xdc_00 && after <= 0xdf_ff
}

function compareRanges(left: Range, right: Range): number {
  const blocks = Number(isBlockEntity(right.entity)) - Number(isBlockEntity(left.entity))
  return blocks || left.start - right.start || right.end - left.end
}
