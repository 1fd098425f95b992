/** A text stream whose first words have arrived. */
export interface OpenedAnswer {
  readonly opening: string
  readonly rest: AsyncIterator<string>
}

/**
 * Waits until a model has produced its first word, so that an earlier failure can be reported as an
 * error.
 * @throws whatever the stream throws before its first word
 */
export async function openAnswer(chunks: AsyncIterable<string>): Promise<OpenedAnswer | undefined> {
  const rest = chunks[Symbol.asyncIterator]()
  let opening = ''
  while (opening.trim() === '') {
    const next = await rest.next()
    if (next.done) return undefined
    opening += next.value
  }
  return { opening: opening.trimStart(), rest }
}
