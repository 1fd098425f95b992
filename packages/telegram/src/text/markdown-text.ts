import type { Token, Tokens } from 'marked'
import { FormattedTextBuilder, isLinkAddress } from './formatted-text.ts'
import type { FormattedText } from './formatted-text.ts'
import {
  decodeReferences,
  inlineTokens,
  isHidden,
  isType,
  lexMarkdown,
  losesCells,
} from './markdown-tokens.ts'
import { simpleMath, superscript } from './math-text.ts'
import { tableRows } from './table-text.ts'

/**
 * Turns GitHub-flavoured Markdown, finished or still being written, into text and entities.
 * Telegram has no headings, lists or tables: headings are bold, lists get bullets, tables become
 * aligned columns. HTML stays as typed, except for line breaks.
 * @param showsAddresses writes the URL of a link after its text instead of linking it
 */
export function markdownToFormatted(markdown: string, showsAddresses = false): FormattedText {
  const builder = new FormattedTextBuilder()
  writeBlocks(builder, lexMarkdown(markdown, showsAddresses), '')
  return builder.finish()
}

/**
 * Writes blocks below each other, with a blank line where the source has one. New lines start with
 * `indent`.
 */
function writeBlocks(builder: FormattedTextBuilder, tokens: readonly Token[], indent: string): void {
  let gap = 0
  let isFirst = true
  for (const token of tokens) {
    if (isHidden(token)) continue
    if (token.type !== 'space') {
      if (!isFirst) {
        builder.breakLine(Math.min(Math.max(gap, 1), 2))
        builder.write(indent)
      }
      isFirst = false
      gap = 0
      writeBlock(builder, token, indent)
    }
    gap += /\n*$/.exec(token.raw)?.[0].length ?? 0
  }
}

function writeBlock(builder: FormattedTextBuilder, token: Token, indent: string): void {
  if (isType(token, 'heading')) {
    builder.within({ type: 'bold' }, () => writeInline(builder, token.tokens, indent))
  } else if (isType(token, 'code')) {
    writeCode(builder, token.text, token.lang)
  } else if (isType(token, 'blockquote')) {
    builder.within({ type: 'blockquote' }, () => writeBlocks(builder, token.tokens, indent))
  } else if (isType(token, 'list')) {
    writeList(builder, token, indent)
  } else if (isType(token, 'table')) {
    writeTable(builder, token)
  } else if (isType(token, 'mathBlock')) {
    builder.write(simpleMath(token.text) ?? token.raw.trim())
  } else if (isType(token, 'footnote')) {
    builder.write(`${superscript(token.number)} `)
    writeInline(builder, token.tokens ?? [], indent)
  } else if (token.type === 'hr') {
    builder.write('———')
  } else if (isType(token, 'def')) {
    builder.write(token.raw.trim())
  } else {
    writeInline(builder, inlineTokens(token), indent)
  }
}

/** Blank lines stay where the source has them. */
function writeList(builder: FormattedTextBuilder, list: Tokens.List, indent: string): void {
  const first = typeof list.start === 'number' ? list.start : 1
  list.items.forEach((item, index) => {
    if (index > 0) {
      builder.breakLine(/\n[^\S\n]*\n\s*$/.test(list.items[index - 1]?.raw ?? '') ? 2 : 1)
      builder.write(indent)
    }
    builder.write(itemMark(list, item, first + index))
    writeItem(builder, item.tokens, `${indent}   `)
  })
}

function itemMark(list: Tokens.List, item: Tokens.ListItem, number: number): string {
  if (item.task) return item.checked ? '☑ ' : '☐ '
  return list.ordered ? `${number}. ` : '• '
}

function writeItem(builder: FormattedTextBuilder, tokens: readonly Token[], indent: string): void {
  let gap = 0
  for (const token of tokens) {
    if (token.type === 'space') gap = 2
    if (token.type === 'checkbox' || token.type === 'space' || isHidden(token)) continue
    if (gap > 0) {
      builder.breakLine(gap)
      // Code keeps its own indentation.
      if (token.type !== 'code' && token.type !== 'table') builder.write(indent)
    }
    writeBlock(builder, token, indent)
    gap = 1
  }
}

function writeCode(builder: FormattedTextBuilder, code: string, info: string | undefined): void {
  const language = info?.trim().split(/\s/, 1)[0]
  builder.within({ type: 'pre', ...(language && { language }) }, () => builder.write(code))
}

function writeTable(builder: FormattedTextBuilder, table: Tokens.Table): void {
  if (losesCells(table)) {
    builder.within({ type: 'pre' }, () => builder.write(table.raw.trim()))
    return
  }
  const render = (cell: Tokens.TableCell): string => {
    const inner = new FormattedTextBuilder()
    writeInline(inner, cell.tokens, '')
    return inner.finish().text.replaceAll('\n', ' ')
  }
  const rows = [table.header, ...table.rows].map((row) => row.map(render))
  const grid = tableRows(rows, table.align)
  if (grid === undefined) writeRecords(builder, table)
  else builder.within({ type: 'pre' }, () => builder.write(grid))
}

/** Writes a table that is wider than a phone row by row: a title, then the other cells with their headers. */
function writeRecords(builder: FormattedTextBuilder, { header, rows }: Tokens.Table): void {
  const write = (cell: Tokens.TableCell | undefined): void => {
    if (cell) writeInline(builder, cell.tokens, '')
  }
  builder.within({ type: 'italic' }, () => {
    header.forEach((cell, index) => {
      if (index > 0) builder.write(' · ')
      write(cell)
    })
  })
  for (const [title, ...cells] of rows) {
    builder.breakLine(2)
    if (title && title.text !== '') builder.within({ type: 'bold' }, () => write(title))
    cells.forEach((cell, column) => {
      if (cell.text === '') return
      builder.breakLine(1)
      builder.write('• ')
      write(header[column + 1])
      builder.write(': ')
      write(cell)
    })
  }
}

function writeInline(builder: FormattedTextBuilder, tokens: readonly Token[], indent: string): void {
  for (const token of tokens) writeInlineToken(builder, token, indent)
}

function writeInlineToken(builder: FormattedTextBuilder, token: Token, indent: string): void {
  if (isType(token, 'strong')) {
    builder.within({ type: 'bold' }, () => writeInline(builder, token.tokens, indent))
  } else if (isType(token, 'em')) {
    builder.within({ type: 'italic' }, () => writeInline(builder, token.tokens, indent))
  } else if (isType(token, 'del')) {
    builder.within({ type: 'strikethrough' }, () => writeInline(builder, token.tokens, indent))
  } else if (isType(token, 'codespan')) {
    builder.within({ type: 'code' }, () => builder.write(token.text))
  } else if (isType(token, 'math')) {
    builder.write(simpleMath(token.text) ?? token.raw)
  } else if (isType(token, 'footnoteMark')) {
    builder.write(superscript(token.number))
  } else if (isType(token, 'link') || isType(token, 'image')) {
    writeLink(builder, token, indent)
  } else if (token.type === 'br' || (token.type === 'html' && /^<br\s*\/?>\s*$/i.test(token.raw))) {
    builder.write(`\n${indent}`)
  } else if ('tokens' in token && token.tokens) {
    writeInline(builder, token.tokens, indent)
  } else {
    writeText(builder, token, indent)
  }
}

function writeText(builder: FormattedTextBuilder, token: Token, indent: string): void {
  const text = 'text' in token && typeof token.text === 'string' ? token.text : token.raw
  const isLiteral = token.type === 'escape' || token.type === 'html'
  builder.write((isLiteral ? text : decodeReferences(text)).replaceAll('\n', `\n${indent}`))
}

function writeLink(builder: FormattedTextBuilder, link: Tokens.Link | Tokens.Image, indent: string): void {
  const writeLabel = (): void => {
    if (link.text === '') builder.write(link.href)
    else writeInline(builder, inlineTokens(link), indent)
  }
  // Telegram links literal URLs by itself.
  const isSpelledOut = link.text === link.href || link.href === `mailto:${link.text}`
  if (isSpelledOut) builder.write(link.text)
  else if (isLinkAddress(link.href)) builder.within({ type: 'text_link', url: link.href }, writeLabel)
  else {
    writeLabel()
    if (link.text !== '') builder.write(` (${link.href})`)
  }
}
