const FIRST_STRONG_ISOLATE = '\u2068'
const POP_ISOLATE = '\u2069'
const DIRECTION_CONTROLS = /[\u202A-\u202E\u2066-\u2069]/gu

/**
 * A name inside a sentence: it keeps its own direction and cannot change that of the words around
 * it, even if it holds direction controls itself.
 */
export function isolate(name: string): string {
  return `${FIRST_STRONG_ISOLATE}${name.replaceAll(DIRECTION_CONTROLS, '')}${POP_ISOLATE}`
}

const RIGHT_TO_LEFT =
  /^[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u

/** Whether a text's last line is written from right to left, as its first letter tells. */
export function endsAtLeft(text: string): boolean {
  const last = text.trimEnd().split('\n').at(-1) ?? ''
  return RIGHT_TO_LEFT.test(/\p{L}/u.exec(last)?.[0] ?? '')
}
