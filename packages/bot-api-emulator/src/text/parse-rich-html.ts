import type { TelegramInputRichBlockListItem } from '@gramio/types'
import type { HtmlElement, HtmlNode } from './rich-html-tree.ts'
import { readHtmlTree } from './rich-html-tree.ts'
import type { RichText } from './rich-inline.ts'
import { asRichText } from './rich-inline.ts'
import { mediaReference, withoutMedia } from './rich-media-reference.ts'
import type { ParsedRichBlock } from './rich-media-reference.ts'

const STYLES: Readonly<
  Record<
    string,
    | 'bold'
    | 'italic'
    | 'underline'
    | 'strikethrough'
    | 'spoiler'
    | 'code'
    | 'marked'
    | 'subscript'
    | 'superscript'
  >
> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  cite: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  'tg-spoiler': 'spoiler',
  code: 'code',
  mark: 'marked',
  sub: 'subscript',
  sup: 'superscript',
}
/** Elements that contain blocks, but are not blocks themselves. */
const CONTAINERS = new Set(['div', 'figure', 'thead', 'tbody'])
const BLOCKS = new Set(
  'p h1 h2 h3 h4 h5 h6 ul ol pre blockquote aside footer details table hr img video audio tg-thinking figcaption'.split(
    ' ',
  ),
)

/** Parses rich HTML into blocks. Text outside any block becomes paragraphs. */
export function parseRichHtml(source: string): ParsedRichBlock[] {
  return toBlocks(readHtmlTree(source))
}

function toBlocks(nodes: readonly HtmlNode[]): ParsedRichBlock[] {
  const blocks: ParsedRichBlock[] = []
  let loose: HtmlNode[] = []
  const flush = (): void => {
    const text = inline(loose)
    if (plainText(text).trim() !== '') blocks.push({ type: 'paragraph', text: asRichText(text) })
    loose = []
  }
  for (const node of nodes) {
    if (typeof node !== 'string' && CONTAINERS.has(node.tag)) {
      flush()
      blocks.push(...toBlocks(node.children))
    } else if (typeof node !== 'string' && BLOCKS.has(node.tag)) {
      flush()
      blocks.push(toBlock(node))
    } else {
      loose.push(node)
    }
  }
  flush()
  return blocks
}

function toBlock(element: HtmlElement): ParsedRichBlock {
  const { tag, children, attributes } = element
  switch (tag) {
    case 'ul':
    case 'ol':
      return { type: 'list', items: listItems(element) }
    case 'pre': {
      const code = children.find((child) => typeof child !== 'string' && child.tag === 'code') as
        | HtmlElement
        | undefined
      const language = /^language-(.+)$/.exec(code?.attributes.get('class') ?? '')?.[1]
      const text = asRichText(plainText(inline(code?.children ?? children)).replace(/^\n|\n$/g, ''))
      return { type: 'pre', text, ...(language !== undefined && { language }) }
    }
    case 'blockquote':
      return { type: 'blockquote', blocks: withoutMedia(toBlocks(children)) }
    case 'aside':
      return { type: 'pullquote', text: asRichText(inline(children)) }
    case 'footer':
      return { type: 'footer', text: asRichText(inline(children)) }
    case 'tg-thinking':
      return { type: 'thinking', text: asRichText(inline(children)) }
    case 'hr':
      return { type: 'divider' }
    case 'details': {
      const summary = children.find((child) => typeof child !== 'string' && child.tag === 'summary')
      return {
        type: 'details',
        summary: asRichText(summary ? inline([summary]) : ''),
        blocks: withoutMedia(toBlocks(children.filter((child) => child !== summary))),
        ...(attributes.has('open') && { is_open: true as const }),
      }
    }
    case 'table':
      return { type: 'table', cells: rowsOf(element).map((row) => elements(row).map(tableCell)) }
    case 'img':
    case 'video':
    case 'audio':
      return (
        mediaReference(attributes.get('src') ?? '', attributes.get('alt') ?? '') ?? {
          type: 'paragraph',
          text: asRichText(attributes.get('alt') ?? ''),
        }
      )
    default: {
      const size = /^h([1-6])$/.exec(tag)?.[1]
      const text = asRichText(inline(children))
      return size === undefined ? { type: 'paragraph', text } : { type: 'heading', text, size: Number(size) }
    }
  }
}

function listItems(list: HtmlElement): TelegramInputRichBlockListItem[] {
  return elements(list)
    .filter((child) => child.tag === 'li')
    .map((item, index) => ({
      blocks: withoutMedia(toBlocks(item.children)),
      ...(list.tag === 'ol' && { type: '1' as const, value: index + 1 }),
    }))
}

function rowsOf(element: HtmlElement): HtmlElement[] {
  return elements(element).flatMap((child) => (child.tag === 'tr' ? [child] : rowsOf(child)))
}

function tableCell(element: HtmlElement) {
  return {
    text: asRichText(inline(element.children)),
    align: 'left' as const,
    valign: 'middle' as const,
    ...(element.tag === 'th' && { is_header: true as const }),
  }
}

function elements(element: HtmlElement): HtmlElement[] {
  return element.children.filter((child) => typeof child !== 'string')
}

function inline(nodes: readonly HtmlNode[]): RichText {
  const parts = nodes.map((node) => (typeof node === 'string' ? node : inlineElement(node)))
  return parts.length === 1 ? (parts[0] ?? '') : parts
}

function inlineElement({ tag, attributes, children }: HtmlElement): RichText {
  if (tag === 'br') return '\n'
  const content = inline(children)
  const style = tag === 'span' && attributes.get('class') === 'tg-spoiler' ? 'spoiler' : STYLES[tag]
  if (style) return { type: style, text: asRichText(content) }
  if (tag === 'a')
    return { type: 'url', text: asRichText(content), url: attributes.get('href') ?? plainText(content) }
  return content
}

function plainText(text: RichText): string {
  if (typeof text === 'string') return text
  if (Array.isArray(text)) return text.map(plainText).join('')
  return 'text' in text ? plainText(text.text) : ''
}
