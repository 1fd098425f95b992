import { after, isCode, NO_CODE } from './code-state.ts'
import type { CodeState } from './code-state.ts'
import {
  callsStart,
  markStart,
  mayBeBareCall,
  readBareCalls,
  readWrittenCalls,
  withoutMarks,
} from './written-calls.ts'
import type { WrittenCall } from './written-calls.ts'

/** A longer text is no call. */
const MAX_CALLS_TEXT = 200_000

/**
 * Separates calls of tools that a model writes into its text from the rest of it. In code, such text
 * is an example and stays.
 */
export class AnswerText {
  readonly #names: readonly string[]
  #code: CodeState = NO_CODE
  #held = ''
  #isCalls = false
  #mayBeBare: boolean

  /** @param names the names of the offered tools */
  constructor(names: readonly string[]) {
    this.#names = names
    this.#mayBeBare = names.length > 0
  }

  /** @returns the text that is certain by now to be no call */
  push(text: string): string {
    this.#held += text
    if (this.#held.length > MAX_CALLS_TEXT) return this.#take(this.#held.length)
    if (this.#isCalls) return ''
    if (this.#mayBeBare && mayBeBareCall(this.#held)) return ''
    this.#mayBeBare = false
    const start = this.#callsStart()
    if (start < 0) return this.#take(this.#held.length - markStart(this.#held))
    const before = this.#take(start)
    this.#isCalls = true
    return before
  }

  /** The end of the text, and the calls in it. */
  end(): { readonly text: string; readonly calls: readonly WrittenCall[] } {
    const held = this.#held
    this.#held = ''
    if (this.#mayBeBare) {
      const calls = readBareCalls(held, this.#names)
      if (calls.length > 0) return { text: '', calls }
    }
    const hasMarks = this.#isCalls || (this.#mayBeBare && callsStart(held) >= 0)
    if (!hasMarks) return { text: held, calls: [] }
    const { calls, text } = readWrittenCalls(held, this.#names)
    // without tools, nobody asked for calls; nobody should read them either
    if (this.#names.length === 0) return { text, calls: [] }
    return calls.length > 0 ? { text, calls } : { text: withoutMarks(held), calls: [] }
  }

  #callsStart(): number {
    for (let from = 0; from < this.#held.length;) {
      const at = callsStart(this.#held.slice(from))
      if (at < 0) return -1
      if (!isCode(after(this.#code, this.#held.slice(0, from + at)))) return from + at
      from += at + 1
    }
    return -1
  }

  #take(count: number): string {
    const text = this.#held.slice(0, count)
    this.#held = this.#held.slice(count)
    this.#code = after(this.#code, text)
    return text
  }
}
