import { parseDocument } from 'htmlparser2'
import { FormattedTextBuilder, isLinkAddress } from './formatted-text.ts'
import type { EntityStyle, FormattedText } from './formatted-text.ts'

type Node = ReturnType<typeof parseDocument>['childNodes'][number]
type Element = Extract<Node, { attribs: unknown }>

const STYLES: Readonly<Record<string, EntityStyle['type']>> = {
  b: 'bold',
  strong: 'bold',
  h1: 'bold',
  h2: 'bold',
  h3: 'bold',
  h4: 'bold',
  h5: 'bold',
  h6: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  'tg-spoiler': 'spoiler',
  code: 'code',
}
/** How many line breaks surround a block. */
const GAPS: Readonly<Record<string, number>> = {
  p: 2,
  h1: 2,
  h2: 2,
  h3: 2,
  h4: 2,
  h5: 2,
  h6: 2,
  div: 1,
  ul: 1,
  ol: 1,
  li: 1,
  tr: 1,
}
const INVISIBLE = new Set(['script', 'style', 'head', 'title', 'noscript'])

/**
 * Turns Telegram's HTML (Bot API: HTML style) into text and entities. Spaces and line breaks are
 * kept as typed. Paragraphs, headings and lists are supported too; of other tags only the content
 * remains.
 */
export function htmlToFormatted(html: string): FormattedText {
  const writer = new HtmlWriter()
  writer.writeAll(parseDocument(html).childNodes)
  return writer.finish()
}

class HtmlWriter {
  readonly #builder = new FormattedTextBuilder()
  readonly #lists: { next: number | undefined }[] = []
  // A gap is written only when something follows it.
  #gap = 0

  finish(): FormattedText {
    return this.#builder.finish()
  }

  writeAll(nodes: readonly Node[]): void {
    for (const node of nodes) {
      if ('attribs' in node) this.#writeElement(node)
      // Comments and directives have `data` too, but are not text.
      else if (node.nodeType === 3 && 'data' in node) this.#write(node.data)
    }
  }

  #writeElement(element: Element): void {
    const { name } = element
    if (INVISIBLE.has(name)) return
    if (name === 'br') {
      this.#write('\n')
      return
    }
    const gap = GAPS[name] ?? 0
    this.#gap = Math.max(this.#gap, gap)
    this.#writeStyled(element)
    this.#gap = Math.max(this.#gap, gap)
  }

  #writeStyled(element: Element): void {
    if (element.name === 'ul' || element.name === 'ol') this.#writeList(element)
    else if (element.name === 'pre') this.#writeCodeBlock(element)
    else {
      if (element.name === 'li') this.#write(this.#bullet())
      const style = styleOf(element)
      if (!style) this.writeAll(element.childNodes)
      else {
        this.#write('')
        this.#builder.within(style, () => this.writeAll(element.childNodes))
      }
    }
  }

  #writeCodeBlock(pre: Element): void {
    const inner = pre.childNodes.length === 1 ? pre.childNodes[0] : undefined
    const code = inner && 'attribs' in inner && inner.name === 'code' ? inner : undefined
    const language = /(?:^|\s)language-(\S+)/.exec(code?.attribs['class'] ?? '')?.[1]
    this.#write('')
    this.#builder.within({ type: 'pre', ...(language !== undefined && { language }) }, () =>
      this.writeAll((code ?? pre).childNodes),
    )
  }

  #writeList(list: Element): void {
    const start = Number.parseInt(list.attribs['start'] ?? '1', 10)
    this.#lists.push({ next: list.name === 'ol' ? start || 1 : undefined })
    // Line breaks between the items are source layout, not text.
    this.writeAll(list.childNodes.filter((node) => 'attribs' in node))
    this.#lists.pop()
  }

  #bullet(): string {
    const list = this.#lists.at(-1)
    const indent = '   '.repeat(Math.max(0, this.#lists.length - 1))
    return list?.next === undefined ? `${indent}• ` : `${indent}${list.next++}. `
  }

  #write(text: string): void {
    if (this.#gap > 0) {
      // White space between blocks does not widen the gap.
      if (text !== '' && text.trim() === '') return
      this.#builder.breakLine(this.#gap)
      this.#gap = 0
    }
    this.#builder.write(text)
  }
}

function styleOf({ name, attribs }: Element): EntityStyle | undefined {
  if (name === 'span' && attribs['class'] === 'tg-spoiler') return { type: 'spoiler' }
  if (name === 'blockquote') {
    return { type: 'expandable' in attribs ? 'expandable_blockquote' : 'blockquote' }
  }
  if (name === 'a') {
    const url = attribs['href'] ?? ''
    return isLinkAddress(url) ? { type: 'text_link', url } : undefined
  }
  if (name === 'tg-emoji') {
    const id = attribs['emoji-id']
    return id === undefined ? undefined : { type: 'custom_emoji', custom_emoji_id: id }
  }
  const type = STYLES[name]
  return type && ({ type } as EntityStyle)
}
