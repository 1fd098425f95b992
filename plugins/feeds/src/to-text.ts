import { Parser } from 'htmlparser2'

const BLOCKS = new Set(
  'address article blockquote br dd div dl dt figure h1 h2 h3 h4 h5 h6 hr li ol p pre section table tr ul'.split(
    ' ',
  ),
)
const HIDDEN = new Set('script style noscript template iframe object svg select textarea title'.split(' '))

/** The text of a piece of HTML, in lines. Text without HTML stays unchanged. */
export function toText(html: string): string {
  let text = ''
  let hidden = 0
  const parser = new Parser({
    onopentag(name) {
      if (HIDDEN.has(name)) hidden += 1
      if (BLOCKS.has(name)) text += '\n'
    },
    onclosetag(name) {
      if (HIDDEN.has(name)) hidden -= 1
      if (BLOCKS.has(name)) text += '\n'
    },
    ontext(piece) {
      if (hidden === 0) text += piece
    },
  })
  parser.write(html)
  parser.end()
  return text
    .split('\n')
    .map((line) => line.replaceAll(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n')
}

/** The start of a text, cut at a word. */
export function shorten(text: string, characters: number): string {
  if (text.length <= characters) return text
  return `${text
    .slice(0, characters - 2)
    .toWellFormed()
    .replace(/\s+\S*$/, '')} …`
}
