import type { TelegramInputRichBlock } from '@gramio/types'
import { asRichText } from './rich-inline.ts'

/** The place of one of the message's media, given as `tg://photo?id=…` in Markdown or HTML. */
export interface RichMediaReference {
  readonly type: 'media-reference'
  readonly id: string
  readonly caption: string
}

const REFERENCE = /^tg:\/\/(?:photo|video|document|audio)\?id=([\w-]{1,64})$/

export function mediaReference(address: string, caption: string): RichMediaReference | undefined {
  const id = REFERENCE.exec(address)?.[1]
  return id === undefined ? undefined : { type: 'media-reference', id, caption }
}

/** A block, or the place of one of the message's media. */
export type ParsedRichBlock = TelegramInputRichBlock | RichMediaReference

/**
 * Replaces media references in lists and quotations with their caption, because media must be
 * top-level blocks.
 */
export function withoutMedia(blocks: readonly ParsedRichBlock[]): TelegramInputRichBlock[] {
  return blocks.map((block) =>
    block.type === 'media-reference' ? { type: 'paragraph', text: asRichText(block.caption) } : block,
  )
}
