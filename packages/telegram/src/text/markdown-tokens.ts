import { decodeHTMLStrict } from 'entities/decode'
import { walkTokens } from 'marked'
import type { Token, Tokens } from 'marked'
import { isLinkAddress } from './formatted-text.ts'
import { parseMarkdown } from './markdown-parser.ts'
import type { FootnoteToken, MathToken } from './markdown-parser.ts'

interface KnownTokens {
  heading: Tokens.Heading
  code: Tokens.Code
  blockquote: Tokens.Blockquote
  list: Tokens.List
  table: Tokens.Table
  strong: Tokens.Strong
  em: Tokens.Em
  del: Tokens.Del
  codespan: Tokens.Codespan
  link: Tokens.Link
  image: Tokens.Image
  def: Tokens.Def
  math: MathToken
  mathBlock: MathToken
  footnote: FootnoteToken
  footnoteMark: FootnoteToken
}

/**
 * Narrows a token's type. marked's union cannot be narrowed, since extensions may add any type.
 */
export function isType<T extends keyof KnownTokens>(token: Token, type: T): token is KnownTokens[T] {
  return token.type === type
}

/** A token's inner tokens, or its own text as one token. */
export function inlineTokens(token: Token): readonly Token[] {
  return 'tokens' in token && token.tokens?.length ? token.tokens : [leaf(token)]
}

function leaf(token: Token): Token {
  const text = 'text' in token && typeof token.text === 'string' ? token.text : token.raw
  return { type: token.type === 'html' ? 'html' : 'text', raw: text, text }
}

/** Text with its character references decoded; what is none stays as it is. */
export function decodeReferences(text: string): string {
  return text.includes('&')
    ? text.replaceAll(/&(?:[a-z][a-z\d]*|#\d{1,7}|#x[\da-f]{1,6});/gi, (reference) =>
        decodeHTMLStrict(reference),
      )
    : text
}

/** Link definitions are not shown. Other text of the same form, like `[Note]: wait`, is. */
export function isHidden(token: Token): boolean {
  return isType(token, 'def') && isLinkAddress(token.href)
}

/** Whether a row has more cells than the header: marked drops them, as GitHub's rules say. */
export function losesCells({ raw, header }: Tokens.Table): boolean {
  return raw
    .trimEnd()
    .split('\n')
    .slice(2)
    .some((row) => cellsOf(row) > header.length)
}

function cellsOf(row: string): number {
  return row
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/).length
}

/**
 * Reads GitHub-flavoured Markdown.
 * @param showsAddresses turns every link and image into its text with the URL in brackets after it
 */
export function lexMarkdown(markdown: string, showsAddresses: boolean): Token[] {
  const tokens = parseMarkdown(markdown)
  if (showsAddresses) {
    walkTokens(tokens, (token) => {
      if (isType(token, 'link') || isType(token, 'image')) spellOut(token)
    })
  }
  return tokens
}

function spellOut(link: Tokens.Link | Tokens.Image): void {
  const { text, href } = link
  if (text === '' || text === href || href === `mailto:${text}`) return
  const address = ` (${href})`
  const words = [...inlineTokens(link), { type: 'escape', raw: address, text: address }]
  Object.assign(link, { type: 'text', tokens: words })
}
