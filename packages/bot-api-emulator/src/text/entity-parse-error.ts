/** Text that the chosen parse mode cannot read; the message is Telegram's, less its prefix. */
export class EntityParseError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'EntityParseError'
  }
}

/** Telegram counts positions in the bytes of UTF-8. */
export function byteOffset(text: string, index: number): number {
  return Buffer.byteLength(text.slice(0, index))
}
