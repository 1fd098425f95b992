import type { Token, Tokens } from 'marked'
import type { RawApi } from 'grammy'
import type { RichBlockTableCell, RichText } from 'grammy/types'
import { isLinkAddress } from './formatted-text.ts'
import { simpleMath, superscript } from './math-text.ts'
import {
  decodeReferences,
  inlineTokens,
  isHidden,
  isType,
  lexMarkdown,
  losesCells,
} from './markdown-tokens.ts'

/** A rich message without files, which drafts accept too. */
export type RichContent = Parameters<RawApi['sendRichMessageDraft']>[0]['rich_message']
type RichBlock = NonNullable<RichContent['blocks']>[number]

/** Markdown as the blocks of a rich message. */
export interface RichDocument {
  readonly blocks: RichBlock[]
  /** The length of all texts in UTF-16 units. */
  readonly length: number
  /** True for headings, tables and nested lists, which entities can only imitate. */
  readonly hasStructure: boolean
}

/** Bot API: rich message limits. */
const MAX_BLOCKS = 500
const MAX_DEPTH = 16
const MAX_COLUMNS = 20

/** Thrown when a text does not fit into a rich message; it is then sent as text. */
class DoesNotFit extends Error {}

/**
 * Turns Markdown into blocks, not into Telegram's rich Markdown, which would load images and
 * interpret HTML that a prompt injection made a model write. `undefined` when it does not fit.
 */
export function markdownToBlocks(markdown: string, showsAddresses = false): RichDocument | undefined {
  const writer = new BlockWriter()
  try {
    const blocks = writer.blocks(lexMarkdown(markdown, showsAddresses), 1)
    return { blocks, length: writer.length, hasStructure: writer.hasStructure }
  } catch (error) {
    if (error instanceof DoesNotFit || error instanceof RangeError) return undefined
    throw error
  }
}

class BlockWriter {
  length = 0
  hasStructure = false
  #count = 0

  blocks(tokens: readonly Token[], depth: number): RichBlock[] {
    if (depth > MAX_DEPTH) throw new DoesNotFit()
    return tokens.flatMap((token) => {
      if (token.type === 'space' || isHidden(token)) return []
      const block = this.#block(token, depth)
      return block ? [block] : []
    })
  }

  #block(token: Token, depth: number): RichBlock | undefined {
    this.#add()
    if (isType(token, 'heading')) {
      this.hasStructure = true
      const text = this.#inline(token.tokens, depth + 1)
      return { type: 'heading', text, size: token.depth as 1 | 2 | 3 | 4 | 5 | 6 }
    }
    if (isType(token, 'code')) {
      const language = token.lang?.trim().split(/\s/, 1)[0]
      return { type: 'pre', text: this.#text(token.text), ...(language && { language }) }
    }
    if (isType(token, 'blockquote')) {
      return { type: 'blockquote', blocks: this.blocks(token.tokens, depth + 1) }
    }
    if (isType(token, 'list')) return this.#list(token, depth)
    if (isType(token, 'table')) return this.#table(token, depth)
    if (token.type === 'hr') return { type: 'divider' }
    if (isType(token, 'mathBlock')) {
      this.hasStructure = true
      return { type: 'mathematical_expression', expression: this.#text(token.text.trim()) }
    }
    if (isType(token, 'footnote')) {
      const text = this.#inline(token.tokens ?? [], depth + 1)
      return { type: 'paragraph', text: [this.#text(`${superscript(token.number)} `), text] }
    }
    const text = this.#inline(inlineTokens(token), depth + 1)
    return text === '' ? undefined : { type: 'paragraph', text }
  }

  #list(list: Tokens.List, depth: number): RichBlock {
    const first = typeof list.start === 'number' ? list.start : 1
    const items = list.items.map((item, index) => {
      this.#add()
      const tokens = item.tokens.filter((token) => token.type !== 'checkbox')
      if (tokens.some((token) => token.type === 'list')) this.hasStructure = true
      return {
        blocks: this.blocks(tokens, depth + 1),
        ...(list.ordered && { type: '1' as const, value: first + index }),
        ...(item.task && { has_checkbox: true as const }),
        ...(item.task && item.checked === true && { is_checked: true as const }),
      }
    })
    return { type: 'list', items }
  }

  #table(table: Tokens.Table, depth: number): RichBlock {
    // A row with more cells than the header would lose them.
    if (table.header.length > MAX_COLUMNS || losesCells(table)) throw new DoesNotFit()
    this.hasStructure = true
    const cells = [table.header, ...table.rows].map((row, rowIndex) => {
      this.#add()
      return row.map((cell, column): RichBlockTableCell => {
        const text = this.#inline(cell.tokens, depth + 2)
        return {
          ...(text !== '' && { text }),
          ...(rowIndex === 0 && { is_header: true }),
          align: table.align[column] ?? 'left',
          valign: 'middle',
        }
      })
    })
    return { type: 'table', cells }
  }

  #inline(tokens: readonly Token[], depth: number): RichText {
    if (depth > MAX_DEPTH) throw new DoesNotFit()
    const parts = tokens.map((token) => this.#span(token, depth)).filter((part) => part !== '')
    if (parts.length > 1) return parts
    return parts[0] ?? ''
  }

  #span(token: Token, depth: number): RichText {
    if (isType(token, 'strong')) return this.#styled('bold', token.tokens, depth)
    if (isType(token, 'em')) return this.#styled('italic', token.tokens, depth)
    if (isType(token, 'del')) return this.#styled('strikethrough', token.tokens, depth)
    if (isType(token, 'codespan')) return { type: 'code', text: this.#text(token.text) }
    if (isType(token, 'math')) return this.#math(token.text)
    if (isType(token, 'footnoteMark')) return this.#text(superscript(token.number))
    if (isType(token, 'link') || isType(token, 'image')) return this.#link(token, depth)
    if (token.type === 'br' || (token.type === 'html' && /^<br\s*\/?>\s*$/i.test(token.raw))) {
      return this.#text('\n')
    }
    if ('tokens' in token && token.tokens) return this.#inline(token.tokens, depth)
    const text = 'text' in token && typeof token.text === 'string' ? token.text : token.raw
    return this.#text(token.type === 'escape' || token.type === 'html' ? text : decodeReferences(text))
  }

  #math(expression: string): RichText {
    const simple = simpleMath(expression)
    if (simple !== undefined) return this.#text(simple)
    this.hasStructure = true
    return { type: 'mathematical_expression', expression: this.#text(expression.trim()) }
  }

  #styled(type: 'bold' | 'italic' | 'strikethrough', tokens: readonly Token[], depth: number): RichText {
    const text = this.#inline(tokens, depth + 1)
    return text === '' ? '' : { type, text }
  }

  #link(link: Tokens.Link | Tokens.Image, depth: number): RichText {
    const label = link.text === '' ? this.#text(link.href) : this.#inline(inlineTokens(link), depth + 1)
    const isSpelledOut = link.text === link.href || link.href === `mailto:${link.text}`
    if (isSpelledOut || label === '') return label
    if (isLinkAddress(link.href)) return { type: 'url', text: label, url: link.href }
    return link.text === '' ? label : [label, this.#text(` (${link.href})`)]
  }

  #text(text: string): string {
    this.length += text.length
    return text.toWellFormed()
  }

  #add(): void {
    this.#count += 1
    if (this.#count > MAX_BLOCKS) throw new DoesNotFit()
  }
}
