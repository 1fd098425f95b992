import { EntityParseError, byteOffset } from './entity-parse-error.ts'
import { decodeHtmlEntity } from './html-entity.ts'

export interface HtmlElement {
  readonly tag: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: HtmlNode[]
}
export type HtmlNode = string | HtmlElement

const VOID_TAGS = new Set(['br', 'hr', 'img'])
const TAGS: ReadonlySet<string> = new Set(
  (
    'a b strong i em u ins s strike del code pre span tg-spoiler tg-emoji tg-time tg-thinking mark sub sup br hr img ' +
    'p div h1 h2 h3 h4 h5 h6 ul ol li blockquote aside footer details summary table caption thead tbody tr th td ' +
    'figure figcaption cite video audio input'
  ).split(' '),
)
const TAG = /<(\/?)([a-z][a-z\d-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>/iy
const ATTRIBUTE = /([a-z][a-z\d-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi
/** Real messages have only a few levels; deeper nesting would use too much stack. */
const MAX_DEPTH = 64

/** Parses rich HTML into a tree; every tag must be known and closed. */
export function readHtmlTree(source: string): HtmlNode[] {
  const root: HtmlElement = { tag: '', attributes: new Map(), children: [] }
  const open: HtmlElement[] = [root]
  let index = 0
  while (index < source.length) {
    const parent = open.at(-1) ?? root
    const character = source[index] ?? ''
    if (character !== '<') {
      const next = source.indexOf('<', index)
      const end = next < 0 ? source.length : next
      addText(parent, decodeText(source.slice(index, end)))
      index = end
      continue
    }
    TAG.lastIndex = index
    const match = TAG.exec(source)
    const at = (): string => `at byte offset ${byteOffset(source, index)}`
    if (!match) throw new EntityParseError(`Unclosed start tag ${at()}`)
    const [whole, slash, name = '', rest = ''] = match
    const tag = name.toLowerCase()
    if (slash) {
      if (parent === root) throw new EntityParseError(`Unexpected end tag ${at()}`)
      if (parent.tag !== tag) {
        throw new EntityParseError(
          `Unmatched end tag ${at()}, expected "</${parent.tag}>", found "</${tag}>"`,
        )
      }
      open.pop()
    } else {
      if (!TAGS.has(tag)) throw new EntityParseError(`Unsupported start tag "${tag}" ${at()}`)
      const element: HtmlElement = { tag, attributes: readAttributes(rest), children: [] }
      parent.children.push(element)
      const isVoid = VOID_TAGS.has(tag) || rest.trimEnd().endsWith('/')
      if (!isVoid && open.length > MAX_DEPTH) throw new EntityParseError(`Too many nested tags ${at()}`)
      if (!isVoid) open.push(element)
    }
    index += whole.length
  }
  const unclosed = open.at(-1)
  if (unclosed && unclosed !== root) {
    throw new EntityParseError(`Can't find end tag corresponding to start tag "${unclosed.tag}"`)
  }
  return root.children
}

function addText(parent: HtmlElement, text: string): void {
  if (text !== '') parent.children.push(text)
}

function readAttributes(source: string): Map<string, string> {
  const attributes = new Map<string, string>()
  for (const [, name = '', double, single, bare] of source.matchAll(ATTRIBUTE)) {
    attributes.set(name.toLowerCase(), decodeText(double ?? single ?? bare ?? ''))
  }
  return attributes
}

function decodeText(source: string): string {
  let text = ''
  let index = 0
  while (index < source.length) {
    const decoded = source[index] === '&' ? decodeHtmlEntity(source, index) : undefined
    text += decoded?.character ?? source[index]
    index = decoded?.end ?? index + 1
  }
  return text
}
