import { styleText } from 'node:util'

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
