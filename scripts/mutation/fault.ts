/** One small fault that could be planted in a source file. */
export interface Fault {
  /**
   * Constant as long as the line and its file stay the same. So accepted and chosen faults are
   * found again after other code has moved.
   */
  readonly id: string
  /** Relative to the root, with `/`. */
  readonly file: string
  readonly line: number
  readonly kind: FaultKind
  /** The replaced text, from `start` to `end` of the file's text. */
  readonly start: number
  readonly end: number
  readonly original: string
  readonly replacement: string
}

const FAULT_KINDS = [
  'boundary',
  'equality',
  'arithmetic',
  'logic',
  'condition',
  'no-call',
  'no-await',
  'no-return',
  'empty-body',
  'constant',
  'swapped-method',
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

/** The outcome of a fault. */
export type Outcome = 'killed' | 'timed out' | 'survived'

/** The outcome of a run of test files, and the one that failed. */
export interface TestRun {
  readonly outcome: Outcome
  readonly failed?: string
}

/** For people: where it is and what it changes, on one line. */
export function describeFault({ id, file, line, kind, original, replacement }: Fault): string {
  const short = (text: string): string => {
    const words = text.replaceAll(/\s+/g, ' ')
    return words.length > 70 ? `${words.slice(0, 67)}…` : words
  }
  return `${id} ${file}:${line} ${kind}: ${short(original)} → ${short(replacement) || 'nothing'}`
}
