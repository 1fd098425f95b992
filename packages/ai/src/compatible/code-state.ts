/** Where a Markdown text ends, as far as it decides whether what follows is code. */
export interface CodeState {
  readonly isInFence: boolean
  /** The beginning of the last line; the rest of it does not matter. */
  readonly lineStart: string
  /** Whether a code span is open on the last line. */
  readonly isInSpan: boolean
}

export const NO_CODE: CodeState = { isInFence: false, lineStart: '', isInSpan: false }

const FENCE = /^[^\S\n]{0,3}(?:```|~~~)/
const START_LENGTH = 16

/** The state after more of the text. */
export function after({ isInFence, lineStart, isInSpan }: CodeState, text: string): CodeState {
  const [first = '', ...lines] = text.split('\n')
  const start = (lineStart + first).slice(0, START_LENGTH)
  const isOdd = (first.split('`').length - 1) % 2 === 1
  const last = lines.at(-1)
  if (last === undefined) return { isInFence, lineStart: start, isInSpan: isOdd !== isInSpan }
  const fences = [start, ...lines.slice(0, -1)].filter((line) => FENCE.test(line)).length
  return {
    isInFence: fences % 2 === 1 ? !isInFence : isInFence,
    lineStart: last.slice(0, START_LENGTH),
    isInSpan: (last.split('`').length - 1) % 2 === 1,
  }
}

/** Whether what follows is part of a code block or a code span. */
export function isCode({ isInFence, lineStart, isInSpan }: CodeState): boolean {
  return isInFence || isInSpan || FENCE.test(lineStart)
}
