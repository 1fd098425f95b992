import { EntityParseError, byteOffset } from './entity-parse-error.ts'
import { decodeHtmlEntity } from './html-entity.ts'

export interface HtmlTag {
  readonly name: string
  /** The attribute that matters for this tag: an address, a language, an id … */
  readonly argument: string
  readonly unixTime: number
  /** The position after `>`. */
  readonly end: number
}

const NAMES: ReadonlySet<string> = new Set(
  'a b strong i em s strike del u ins tg-spoiler tg-emoji tg-time span pre code blockquote'.split(' '),
)
const SPACE = /\s/

/** Reads the start tag at `begin`. */
export function readHtmlTag(source: string, begin: number): HtmlTag {
  return new TagReader(source, begin).read()
}

class TagReader {
  readonly #source: string
  readonly #begin: number
  #index: number

  constructor(source: string, begin: number) {
    this.#source = source
    this.#begin = begin
    this.#index = begin + 1
  }

  read(): HtmlTag {
    const name = this.#take((character) => !SPACE.test(character) && character !== '>').toLowerCase()
    const at = `at byte offset ${byteOffset(this.#source, this.#begin)}`
    if (this.#isAtEnd()) throw new EntityParseError(`Unclosed start tag ${at}`)
    if (!NAMES.has(name)) throw new EntityParseError(`Unsupported start tag "${name}" ${at}`)
    let argument = ''
    let unixTime = 0
    for (;;) {
      this.#skipSpace()
      if (this.#source[this.#index] === '>') break
      const attribute = this.#take((character) => !SPACE.test(character) && !'=>/"\''.includes(character))
      if (attribute === '') throw new EntityParseError(`Empty attribute name in the tag "${name}" ${at}`)
      this.#skipSpace()
      if (this.#source[this.#index] === '=') {
        this.#index += 1
        this.#skipSpace()
        if (this.#isAtEnd()) throw new EntityParseError(`Unclosed start tag "${name}" ${at}`)
        const value = this.#value()
        if (this.#isAtEnd()) throw new EntityParseError(`Unclosed start tag ${at}`)
        if (name === 'tg-time' && attribute === 'unix') unixTime = Number.parseInt(value, 10) || 0
        else argument = argumentOf(name, attribute, value) ?? argument
      } else {
        if (this.#isAtEnd()) throw new EntityParseError(`Unclosed start tag "${name}" ${at}`)
        if (name === 'blockquote' && attribute === 'expandable') argument = '1'
      }
    }
    if (name === 'span' && argument !== 'spoiler') {
      throw new EntityParseError(`Tag "span" must have class "tg-spoiler" ${at}`)
    }
    return { name, argument, unixTime, end: this.#index + 1 }
  }

  #isAtEnd(): boolean {
    return this.#index >= this.#source.length
  }

  #take(isWanted: (character: string) => boolean): string {
    const start = this.#index
    while (!this.#isAtEnd() && isWanted(this.#source[this.#index] ?? '')) this.#index += 1
    return this.#source.slice(start, this.#index)
  }

  #skipSpace(): void {
    this.#take((character) => SPACE.test(character))
  }

  #value(): string {
    const quote = this.#source[this.#index]
    if (quote !== '"' && quote !== "'") {
      const start = this.#index
      const token = this.#take((character) => /[a-z\d.-]/i.test(character))
      const next = this.#source[this.#index]
      if (next !== undefined && next !== '>' && !SPACE.test(next)) {
        throw new EntityParseError(
          `Unexpected end of name token at byte offset ${byteOffset(this.#source, start)}`,
        )
      }
      return token.toLowerCase()
    }
    this.#index += 1
    let value = ''
    while (!this.#isAtEnd() && this.#source[this.#index] !== quote) {
      const decoded =
        this.#source[this.#index] === '&' ? decodeHtmlEntity(this.#source, this.#index) : undefined
      value += decoded?.character ?? this.#source[this.#index]
      this.#index = decoded?.end ?? this.#index + 1
    }
    this.#index += 1
    return value
  }
}

function argumentOf(name: string, attribute: string, value: string): string | undefined {
  switch (`${name} ${attribute}`) {
    case 'a href':
    case 'tg-emoji emoji-id':
    case 'tg-time format':
      return value
    case 'code class':
      return value.startsWith('language-') ? value.slice('language-'.length) : undefined
    case 'span class':
      return value.startsWith('tg-') ? value.slice('tg-'.length) : undefined
    case 'blockquote expandable':
      return '1'
    default:
      return undefined
  }
}
