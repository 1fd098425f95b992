import { Lexer, Marked } from 'marked'
import type { MarkedOptions, Token, TokenizerExtension, Tokens } from 'marked'

/** A mathematical expression; `raw` has its marks, `text` has not. */
export interface MathToken {
  readonly type: 'math' | 'mathBlock'
  readonly raw: string
  readonly text: string
}

/** A mark of a footnote, or the footnote itself. */
export interface FootnoteToken {
  readonly type: 'footnoteMark' | 'footnote'
  readonly raw: string
  readonly number: number
  readonly tokens?: Token[]
}

/** Longer text between two marks is no expression. */
const MATH = [
  /^\\\(([^]{1,1000}?)\\\)/,
  /^\\\[([^]{1,3000}?)\\\]/,
  /^\$\$([^$]{1,3000}?)\$\$/,
  /^\$(?![\s$])((?:\\[^\n]|[^$\n\\]){1,200}?)(?<!\s)\$(?![\d\p{L}$])/u,
  // an environment without marks around it
  /^(\\begin\{([a-zA-Z]{1,20}\*?)\}[^]{1,3000}?\\end\{\2\})/,
] as const
const MATH_BLOCK =
  /^ {0,3}(?:\$\$((?:(?!\n[^\S\n]*\n)[^$])+)\$\$|\\\[((?:(?!\n[^\S\n]*\n)[^])+?)\\\])[^\S\n]*(?:\n|$)/
/** What occurs in mathematics, and in hardly any prose: prices and ranges have none of it. */
const MATHEMATICS = /\\[a-zA-Z{}|,;!]|[\^_=]|^\s*[a-zA-Z]['′]?\s*$|[a-zA-Z0-9)]\s*[+*/<>]\s*[a-zA-Z0-9(\\]/

const FOOTNOTE =
  /^ {0,3}\[\^([^\]\s]{1,40})\]:[^\S\n]*([^\n]*(?:\n(?! {0,3}\[\^)[^\S\n]*[^\s][^\n]*)*)(?:\n|$)/
const CJK =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303F\uFF00-\uFFEF]/u
const PUNCTUATION = /[\p{P}\p{S}]/u
const WORD = /[\p{L}\p{N}]/u

const MATH_EXTENSIONS: readonly TokenizerExtension[] = [
  {
    name: 'mathBlock',
    level: 'block',
    start: (source) => /(?:^|\n) {0,3}(?:\$\$|\\\[)/.exec(source)?.index,
    tokenizer(source) {
      const match = MATH_BLOCK.exec(source)
      const text = match?.[1] ?? match?.[2]
      return match && text !== undefined && MATHEMATICS.test(text)
        ? { type: 'mathBlock', raw: match[0], text }
        : undefined
    },
  },
  {
    name: 'math',
    level: 'inline',
    start: (source) => /\$|\\(?:[([]|begin\{)/.exec(source)?.index,
    tokenizer(source) {
      const match = MATH.map((pattern) => pattern.exec(source)).find((found) => found !== null)
      const [raw, text] = match ?? []
      return raw !== undefined && text !== undefined && MATHEMATICS.test(text)
        ? { type: 'math', raw, text }
        : undefined
    },
  },
]

const UNCHANGED: MarkedOptions = { gfm: true }
const plain = createParser([])
const withMath = createParser(MATH_EXTENSIONS)

function createParser(extensions: readonly TokenizerExtension[]): Marked {
  const parser = new Marked({ gfm: true })
  parser.use({
    extensions: [...extensions],
    tokenizer: {
      emStrong(source, _masked, before = '') {
        // asked at every token, also for what begins with a letter
        if (source[0] !== '*') return false
        if (isProduct(source, before)) return literalStars(source)
        return cjkEmphasis(source, before, (text) => this.lexer.inlineTokens(text)) ?? false
      },
      del(source) {
        // a single one stands for “about” or a range: 5~10
        return source[0] !== '~' || source[1] === '~' ? false : undefined
      },
    },
  })
  return parser
}

/**
 * Reads GitHub-flavoured Markdown as models write it: with mathematics, footnotes, emphasis beside
 * full-width punctuation, products and ranges.
 */
export function parseMarkdown(markdown: string): Token[] {
  return new Lexer(optionsFor(markdown)).lex(markdown)
}

/** The additions cost time, so they are left out where they cannot occur. */
function optionsFor(markdown: string): MarkedOptions {
  if (!/[*~$\\^]/.test(markdown)) return UNCHANGED
  const hasMath = /\$|\\(?:[([]|begin\{)/.test(markdown)
  const notes = markdown.includes('[^') ? footnotesIn(markdown) : []
  if (notes.length === 0) return (hasMath ? withMath : plain).defaults
  return createParser([...(hasMath ? MATH_EXTENSIONS : []), ...footnotes(notes)]).defaults
}

function footnotesIn(markdown: string): string[] {
  return [...markdown.matchAll(/^ {0,3}\[\^([^\]\s]{1,40})\]:/gm)].map(([, id = '']) => id)
}

function footnotes(ids: readonly string[]): TokenizerExtension[] {
  return [
    {
      name: 'footnote',
      level: 'block',
      start: (source) => /(?:^|\n) {0,3}\[\^/.exec(source)?.index,
      tokenizer(source) {
        const [raw, id = '', text = ''] = FOOTNOTE.exec(source) ?? []
        if (raw === undefined) return undefined
        return { type: 'footnote', raw, number: ids.indexOf(id) + 1, tokens: this.lexer.inlineTokens(text) }
      },
    },
    {
      name: 'footnoteMark',
      level: 'inline',
      start: (source) => source.indexOf('[^'),
      tokenizer(source) {
        const [raw, id = ''] = /^\[\^([^\]\s]{1,40})\]/.exec(source) ?? []
        const number = ids.indexOf(id) + 1
        return raw !== undefined && number > 0 ? { type: 'footnoteMark', raw, number } : undefined
      },
    },
  ]
}

/** Whether a star multiplies: `2*3*4`, `2**3**4`, `a*b*c`. */
function isProduct(source: string, before: string): boolean {
  if (/^\*\*\d/.test(source)) return /\d/.test(before)
  return /^\*[A-Za-z0-9(]/.test(source) && /[A-Za-z0-9)]/.test(before)
}

/** The stars as they are; the type of the hook knows emphasis only. */
function literalStars(source: string): Tokens.Em {
  const raw = /^\*+/.exec(source)?.[0] ?? ''
  return { type: 'text', raw, text: raw } as unknown as Tokens.Em
}

/**
 * Emphasis whose mark stands between punctuation and a letter, without a space, as is usual in
 * Chinese, Japanese and Korean, and in any script for a bold label: `**Note:**text`. CommonMark knows
 * no emphasis there.
 */
function cjkEmphasis(
  source: string,
  before: string,
  read: (text: string) => Token[],
): Tokens.Strong | Tokens.Em | undefined {
  const [raw, mark, text = ''] = /^(\*\*|\*)(?![\s*])([^*\n]+)(?<!\s)\1(?!\*)/.exec(source) ?? []
  if (raw === undefined) return undefined
  const after = source[raw.length] ?? ''
  const opens = PUNCTUATION.test(text[0] ?? '') && WORD.test(before)
  const closes = PUNCTUATION.test(text.at(-1) ?? '') && WORD.test(after)
  const isLabel = mark === '**' && closes && !WORD.test(before) && /[:.!?]$/.test(text)
  if ((!opens && !closes) || !(isLabel || CJK.test(before + text + after))) return undefined
  return { type: mark === '**' ? 'strong' : 'em', raw, text, tokens: read(text) }
}
