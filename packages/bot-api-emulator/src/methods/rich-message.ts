import type {
  TelegramInputRichBlock,
  TelegramInputRichMessage,
  TelegramRichBlock,
  TelegramRichMessage,
} from '@gramio/types'
import { badRequest } from '../bot-api-error.ts'
import type { MethodCall } from '../method-registry.ts'
import { EntityParseError } from '../text/entity-parse-error.ts'
import { parseRichHtml } from '../text/parse-rich-html.ts'
import { parseRichMarkdown } from '../text/parse-rich-markdown.ts'
import { asRichText } from '../text/rich-inline.ts'
import type { ParsedRichBlock } from '../text/rich-media-reference.ts'
import { richMessageText } from '../text/rich-message-text.ts'
import { albumItem } from './media-methods.ts'

/** Limit of a rich message's text, in UTF-16 units. */
const MAX_RICH_LENGTH = 32_768
const MAP_DEFAULTS = { zoom: 15, width: 600, height: 400 }

/** Converts blocks, HTML or Markdown sent by a bot to the rich message that people receive. */
export async function readRichMessage(
  call: MethodCall,
  input: TelegramInputRichMessage,
  { isDraft = false } = {},
): Promise<TelegramRichMessage> {
  const blocks: TelegramRichBlock[] = []
  for (const block of placeMedia(parseInput(input), input)) {
    if (block.type === 'thinking' && !isDraft) {
      throw badRequest('the block "thinking" can be used only in sendRichMessageDraft')
    }
    blocks.push(await toRichBlock(call, block))
  }
  const message: TelegramRichMessage = { blocks, ...(input.is_rtl === true && { is_rtl: true }) }
  const { length } = richMessageText(message).text
  const hasMedia = blocks.some((block) => 'caption' in block || isMedia(block.type))
  if (length === 0 && !hasMedia && !isDraft) throw badRequest('message text is empty')
  if (length > MAX_RICH_LENGTH) throw badRequest('message is too long')
  return message
}

function parseInput({ blocks, html, markdown }: TelegramInputRichMessage): readonly ParsedRichBlock[] {
  const given = [blocks, html, markdown].filter((source) => source !== undefined)
  if (given.length !== 1) {
    throw badRequest(
      'exactly one of the fields "blocks", "html" and "markdown" must be specified in the rich message',
    )
  }
  try {
    if (html !== undefined) return parseRichHtml(html)
    if (markdown !== undefined) return parseRichMarkdown(markdown)
  } catch (error) {
    if (error instanceof EntityParseError) throw badRequest(`can't parse entities: ${error.message}`)
    throw error
  }
  return blocks ?? []
}

/** Places the message's media where its text references them. */
function placeMedia(
  blocks: readonly ParsedRichBlock[],
  { media = [] }: TelegramInputRichMessage,
): TelegramInputRichBlock[] {
  return blocks.map((block): TelegramInputRichBlock => {
    if (block.type !== 'media-reference') return block
    const found = media.find(({ id }) => id === block.id)?.media
    if (!found) throw badRequest(`media with identifier "${block.id}" not found in the rich message`)
    const caption = block.caption === '' ? {} : { caption: { text: asRichText(block.caption) } }
    return { type: found.type, [found.type]: found, ...caption } as unknown as TelegramInputRichBlock
  })
}

async function toRichBlock(call: MethodCall, block: TelegramInputRichBlock): Promise<TelegramRichBlock> {
  const convert = async (inner: readonly TelegramInputRichBlock[]): Promise<TelegramRichBlock[]> => {
    const converted: TelegramRichBlock[] = []
    for (const item of inner) converted.push(await toRichBlock(call, item))
    return converted
  }
  switch (block.type) {
    case 'list': {
      const items = []
      for (const [index, item] of block.items.entries()) {
        const label = item.type === undefined ? '•' : `${item.value ?? index + 1}.`
        items.push({ ...item, label, blocks: await convert(item.blocks) })
      }
      return { ...block, items }
    }
    case 'blockquote':
    case 'details':
    case 'collage':
    case 'slideshow':
      return { ...block, blocks: await convert(block.blocks) }
    case 'map':
      return { ...MAP_DEFAULTS, ...block }
    case 'photo':
      return mediaBlock(call, block, block.photo)
    case 'video':
      return mediaBlock(call, block, block.video)
    case 'animation':
      return mediaBlock(call, block, block.animation)
    case 'audio':
      return mediaBlock(call, block, block.audio)
    case 'document':
      return mediaBlock(call, block, block.document)
    case 'voice_note':
      return mediaBlock(call, block, block.voice_note)
    default:
      return block
  }
}

async function mediaBlock(
  call: MethodCall,
  block: { readonly type: string; readonly caption?: unknown },
  media: { readonly type: string; readonly media: unknown },
): Promise<TelegramRichBlock> {
  const content = await albumItem(call, { type: media.type, media: media.media })
  const file = content[block.type === 'voice_note' ? 'voice' : (block.type as 'photo')]
  const caption = block.caption === undefined ? {} : { caption: block.caption }
  return { type: block.type, [block.type]: file, ...caption } as unknown as TelegramRichBlock
}

function isMedia(type: string): boolean {
  return ['photo', 'video', 'animation', 'audio', 'document', 'voice_note', 'map'].includes(type)
}
