import { styleText } from 'node:util'
import { cutText } from '@pluggram/base'

type Stream = NodeJS.WriteStream

/** Colours for a terminal; plain text elsewhere and with NO_COLOR, colours everywhere with FORCE_COLOR. */
export interface Styles {
  readonly title: (text: string) => string
  readonly word: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly faint: (text: string) => string
  readonly plain: (text: string) => string
}

export function styles(stream: Stream): Styles {
  const as = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    styleText(format, text, { stream, validateStream: true })
  return {
    title: as('bold'),
    word: as('cyan'),
    good: as('green'),
    bad: as('red'),
    faint: as('dim'),
    plain: (text) => text,
  }
}

/** More than anybody reads of one line. */
const LONGEST_LINE = 1_000

/** A line from outside, without what would drive the terminal: files, servers and plugins may contain anything. */
export function printable(line: string): string {
  return cutText(line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' '), LONGEST_LINE)
}
