/** Text that is invalid in its parse mode. The message is Telegram's, without the prefix. */
export class EntityParseError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'EntityParseError'
  }
}

/** Telegram counts positions in UTF-8 bytes. */
export function byteOffset(text: string, index: number): number {
  return Buffer.byteLength(text.slice(0, index))
}
