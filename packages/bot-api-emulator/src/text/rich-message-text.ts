import type {
  TelegramMessageEntity,
  TelegramMessageEntityType,
  TelegramRichBlock,
  TelegramRichMessage,
  TelegramRichText,
} from '@gramio/types'
import type { FormattedText } from './formatted-text.ts'

const STYLES: Partial<Record<string, TelegramMessageEntityType>> = {
  bold: 'bold',
  italic: 'italic',
  underline: 'underline',
  strikethrough: 'strikethrough',
  spoiler: 'spoiler',
  code: 'code',
  mention: 'mention',
  hashtag: 'hashtag',
  cashtag: 'cashtag',
  bot_command: 'bot_command',
  email_address: 'email',
  phone_number: 'phone_number',
}

/**
 * Flattens a rich message to text and entities, as a client without support for blocks would show
 * it.
 */
export function richMessageText(message: TelegramRichMessage): FormattedText {
  const writer = new FlatWriter()
  writer.blocks(message.blocks, '')
  return { text: writer.text, entities: writer.entities }
}

class FlatWriter {
  text = ''
  readonly entities: TelegramMessageEntity[] = []

  blocks(blocks: readonly TelegramRichBlock[], prefix: string): void {
    for (const block of blocks) {
      if (this.text !== '' && !this.text.endsWith('\n') && !this.text.endsWith(prefix || '\n'))
        this.text += '\n'
      this.#block(block)
    }
  }

  #block(block: TelegramRichBlock): void {
    switch (block.type) {
      case 'heading':
        this.#styled('bold', () => this.#inline(block.text))
        break
      case 'pre':
        this.#styled(
          'pre',
          () => this.#inline(block.text),
          block.language ? { language: block.language } : {},
        )
        break
      case 'paragraph':
      case 'footer':
      case 'thinking':
        this.#inline(block.text)
        break
      case 'expandable_blockquote':
      case 'pullquote':
        this.#styled('blockquote', () => this.#inline(block.text))
        break
      case 'blockquote':
        this.#styled('blockquote', () => this.blocks(block.blocks, ''))
        break
      case 'divider':
        this.text += '———'
        break
      case 'mathematical_expression':
        this.#styled('code', () => {
          this.text += block.expression
        })
        break
      case 'list':
        for (const item of block.items) {
          if (this.text !== '' && !this.text.endsWith('\n')) this.text += '\n'
          const box = item.has_checkbox ? (item.is_checked ? '☑ ' : '☐ ') : ''
          const label = `${item.label} ${box}`
          this.text += label
          this.blocks(item.blocks, label)
        }
        break
      case 'table':
        for (const row of block.cells) {
          if (this.text !== '' && !this.text.endsWith('\n')) this.text += '\n'
          for (const [column, cell] of row.entries()) {
            if (column > 0) this.text += ' | '
            if (cell.text !== undefined) this.#inline(cell.text)
          }
        }
        break
      case 'details':
        this.#styled('bold', () => this.#inline(block.summary))
        this.blocks(block.blocks, '')
        break
      case 'collage':
      case 'slideshow':
        this.blocks(block.blocks, '')
        if (block.caption) this.#inline(block.caption.text)
        break
      case 'buttons':
        for (const [index, button] of block.buttons.entries()) {
          this.text += index > 0 ? '  [' : '['
          this.#inline(button.text)
          this.text += ']'
        }
        break
      case 'anchor':
        break
      default:
        if (block.caption) this.#inline(block.caption.text)
    }
  }

  #inline(text: TelegramRichText): void {
    if (typeof text === 'string') {
      this.text += text
      return
    }
    if (Array.isArray(text)) {
      for (const part of text as TelegramRichText[]) this.#inline(part)
      return
    }
    switch (text.type) {
      case 'custom_emoji':
        this.text += text.alternative_text
        break
      case 'mathematical_expression':
        this.#styled('code', () => {
          this.text += text.expression
        })
        break
      case 'button':
        this.text += '['
        this.#inline(text.button.text)
        this.text += ']'
        break
      case 'anchor':
        break
      case 'url':
        this.#styled('text_link', () => this.#inline(text.text), { url: text.url })
        break
      case 'text_mention':
        this.#styled('text_mention', () => this.#inline(text.text), { user: text.user })
        break
      default: {
        const style = STYLES[text.type]
        if (style) this.#styled(style, () => this.#inline(text.text))
        else this.#inline(text.text)
      }
    }
  }

  #styled(
    type: TelegramMessageEntityType,
    write: () => void,
    extra: Partial<TelegramMessageEntity> = {},
  ): void {
    const offset = this.text.length
    // an entity is listed before those inside it
    const entity: TelegramMessageEntity = { type, offset, length: 0, ...extra }
    this.entities.push(entity)
    write()
    entity.length = this.text.length - offset
    if (entity.length === 0) this.entities.splice(this.entities.indexOf(entity), 1)
  }
}
