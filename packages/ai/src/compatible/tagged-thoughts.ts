import { after, isCode, NO_CODE } from './code-state.ts'
import type { CodeState } from './code-state.ts'

/** How models mark their thoughts in a text; several models use several of them. */
const TAGS: readonly (readonly [open: string, close: string])[] = [
  ...['think', 'thinking', 'thought', 'thoughts', 'reasoning', 'seed:think']
    .flatMap((name) => [name, name.charAt(0).toUpperCase() + name.slice(1), name.toUpperCase()])
    .map((name) => [`<${name}>`, `</${name}>`] as const),
  ['[THINK]', '[/THINK]'],
  ['◁think▷', '◁/think▷'],
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  ['<|START_THINKING|>', '<|END_THINKING|>'],
  ['<|channel|>analysis<|message|>', '<|end|>'],
]
/** Marks around the answer itself, which nobody should see; the longest first. */
const WRAPPERS = [
  '<|start|>assistant<|channel|>final<|message|>',
  '<|channel|>final<|message|>',
  '<|start|>assistant',
  '<|begin_of_solution|>',
  '<|end_of_solution|>',
  '<|START_RESPONSE|>',
  '<|END_RESPONSE|>',
  '<|end_of_turn|>',
  '<|endoftext|>',
  '<|eot_id|>',
  '<|im_end|>',
  '<|return|>',
]
/** Marks that a server leaves at the very end of an answer. Elsewhere they are text. */
const LAST_MARKS = ['<end_of_turn>', '<|end|>', '</s>']
const MARKS = [...TAGS.flat(), ...WRAPPERS, ...LAST_MARKS]
const LONGEST_TAG = Math.max(...MARKS.map(({ length }) => length))

/** How long a text without a mark is held back, when the model may be thinking aloud. */
const HOLD_CHARACTERS = 2_000

/** How models begin to think. */
const THINKS_ALOUD =
  /^\s*(?:ok(?:ay)?\b|alright\b|hmm+\b|wait\b|let me\b|let's\b|first,|the user\b|user (?:asks|wants|says)|we (?:need|have|are)\b|i (?:need|should|have to|must|am|'m)\b|1\.\s|thinking|嗯|好的|好，|用户|首先|我们|хорошо|итак|пользователь|まず|ユーザー)/i

/** When a text may still turn out to be thoughts: a closing tag may come without an opening one. */
export type Holding = 'never' | 'shortly' | 'until-known'

/**
 * Separates the thoughts in a model's text from its answer. A tag counts where a model puts it: at
 * the beginning, or on a line of its own and closed later. A tag in code is text.
 */
export class TaggedThoughts {
  /** True once a closing tag came without an opening one. */
  hasLoneClose = false
  /** True once thoughts were properly marked. */
  hasPair = false
  #holding: Holding
  /** Text that may still turn out to be thoughts or part of a tag. */
  #held = ''
  /** How far the held text was searched for tags. */
  #searched = 0
  #hasShown = false
  /** A struck-out text began: its end is no mark. */
  #hasStruck = false
  /** Where the shown text ends. */
  #code: CodeState = NO_CODE
  #close: string | undefined
  /** The opening tag on a line in the middle of the answer; if it is not closed, it is text. */
  #reopened: string | undefined

  constructor(holding: Holding) {
    this.#holding = holding
  }

  /** Whether text is held back that may be the answer. */
  get isHolding(): boolean {
    return this.#holding !== 'never' && this.#close === undefined && this.#held !== ''
  }

  /** Whether the text held back begins as thoughts do. */
  get seemsToThink(): boolean {
    return THINKS_ALOUD.test(this.#held)
  }

  /** @returns the part of the answer that is certain by now */
  push(text: string): string {
    this.#held += text
    return this.#read(false)
  }

  /** Gives up waiting for a closing tag. */
  release(): string {
    this.#holding = 'never'
    return this.#read(false)
  }

  end(): string {
    const { reopened, held } = { reopened: this.#reopened, held: this.#held }
    // an opening tag at the beginning without an end: nothing but thoughts
    if (this.#close !== undefined) return reopened === undefined ? '' : reopened + held
    this.#holding = 'never'
    return this.#withoutLastMark(this.#read(true))
  }

  #withoutLastMark(text: string): string {
    const mark = isCode(this.#code) ? undefined : LAST_MARKS.find((last) => text.trimEnd().endsWith(last))
    if (mark === undefined || (mark === '</s>' && this.#hasStruck)) return text
    return text.slice(0, text.lastIndexOf(mark))
  }

  #read(isEnd: boolean): string {
    let certain = ''
    for (;;) {
      const step = this.#close === undefined ? this.#readAnswer(isEnd) : this.#readThoughts()
      certain += step.text
      if (!step.goesOn) return this.#show(certain)
    }
  }

  #readThoughts(): Step {
    const close = this.#close ?? ''
    const at = this.#held.indexOf(close, Math.max(0, this.#searched - LONGEST_TAG))
    this.#searched = this.#held.length
    if (at < 0) return { text: '', goesOn: false }
    this.#drop(at + close.length)
    this.#close = undefined
    this.#reopened = undefined
    this.hasPair = true
    this.#holding = 'never'
    return { text: '', goesOn: true }
  }

  #readAnswer(isEnd: boolean): Step {
    const tag = this.#nextTag()
    if (tag && 'close' in tag) {
      const before = this.#held.slice(0, tag.at)
      this.#drop(tag.at + tag.open.length)
      this.#close = tag.close
      this.#reopened = !this.#hasShown && before.trim() === '' ? undefined : tag.open
      return { text: before, goesOn: true }
    }
    if (tag) {
      this.hasLoneClose = true
      // what was shown cannot be taken back
      const before = this.#holding === 'never' ? this.#held.slice(0, tag.at) : ''
      this.#drop(tag.at + tag.open.length)
      this.#holding = 'never'
      return { text: before, goesOn: true }
    }
    if (this.#mustWait(isEnd)) return { text: '', goesOn: false }
    const kept = isEnd ? 0 : tagStart(this.#held)
    const text = this.#held.slice(0, this.#held.length - kept)
    this.#drop(text.length)
    return { text, goesOn: false }
  }

  #drop(count: number): void {
    this.#held = this.#held.slice(count)
    this.#searched = 0
  }

  #mustWait(isEnd: boolean): boolean {
    if (isEnd || this.#holding === 'never') return false
    return this.#holding === 'until-known' || this.seemsToThink || this.#held.length < HOLD_CHARACTERS
  }

  /** The first tag that counts; one without `close` is a closing tag alone. */
  #nextTag(): Tag | undefined {
    const from = Math.max(0, this.#searched - LONGEST_TAG)
    this.#searched = this.#held.length
    const found = TAGS.flatMap(([open, close]): Tag[] => [
      ...places(this.#held, open, from).map((at) => ({ at, open, close })),
      // the end of a message in one format says nothing in the others
      ...(close === '<|end|>' ? [] : places(this.#held, close, from).map((at) => ({ at, open: close }))),
    ]).toSorted((a, b) => a.at - b.at)
    return found.find((tag) => this.#counts(tag))
  }

  #counts(tag: Tag): boolean {
    const before = after(this.#code, this.#held.slice(0, tag.at))
    if (isCode(before) || this.#held[tag.at + tag.open.length] === '`') return false
    return !('close' in tag) || before.lineStart.trim() === ''
  }

  #show(text: string): string {
    this.#code = after(this.#code, text)
    this.#hasStruck ||= text.includes('<s>')
    const unwrapped = text.includes('<|')
      ? WRAPPERS.reduce((rest, mark) => rest.replaceAll(mark, ''), text)
      : text
    const hasThoughts = this.hasPair || this.hasLoneClose
    const shown = hasThoughts && !this.#hasShown ? unwrapped.trimStart() : unwrapped
    this.#hasShown ||= shown.trim() !== ''
    return shown
  }
}

interface Step {
  readonly text: string
  readonly goesOn: boolean
}

type Tag =
  | { readonly at: number; readonly open: string }
  | { readonly at: number; readonly open: string; readonly close: string }

function places(text: string, tag: string, from: number): number[] {
  const found: number[] = []
  for (let at = text.indexOf(tag, from); at >= 0; at = text.indexOf(tag, at + tag.length)) found.push(at)
  return found
}

/** The length of the beginning of a tag at the end of a text. */
function tagStart(text: string): number {
  for (let start = Math.max(0, text.length - LONGEST_TAG); start < text.length; start++) {
    const tail = text.slice(start)
    if (!/^[<[◁]/.test(tail)) continue
    if (MARKS.some((mark) => mark.startsWith(tail))) return tail.length
  }
  return 0
}
