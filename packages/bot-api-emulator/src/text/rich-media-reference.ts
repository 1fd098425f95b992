import type { TelegramInputRichBlock } from '@gramio/types'
import { asRichText } from './rich-inline.ts'

/** Where one of the message's media belongs, as `tg://photo?id=…` in Markdown or HTML says. */
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

/** A block, or the place where one of the message's media belongs. */
export type ParsedRichBlock = TelegramInputRichBlock | RichMediaReference

/** Media stand on their own, so a reference inside a list or quotation is only its caption. */
export function withoutMedia(blocks: readonly ParsedRichBlock[]): TelegramInputRichBlock[] {
  return blocks.map((block) =>
    block.type === 'media-reference' ? { type: 'paragraph', text: asRichText(block.caption) } : block,
  )
}
