/** Hides secrets of the configuration in texts for chats. */
export interface ChatMask {
  applyToChat(text: string): string
  /** The same for every key and text in plain data; the same object when there is nothing to hide. */
  deepToChat<Value>(value: Value): Value
  /** How many characters at the end of a text could be the start of a secret. */
  heldBack(text: string): number
}

/** Hides nothing. */
export const NO_MASK: ChatMask = {
  applyToChat: (text) => text,
  deepToChat: (value) => value,
  heldBack: () => 0,
}

/**
 * A masked text stream. It holds back the end of the text while that could be the start of a
 * secret.
 */
export async function* maskStream(
  chunks: AsyncIterable<string>,
  mask: ChatMask,
): AsyncGenerator<string, unknown> {
  let waiting = ''
  let returned: unknown
  for await (const chunk of noteReturn(chunks, (value) => (returned = value))) {
    waiting += chunk
    const end = waiting.length - mask.heldBack(waiting)
    if (end === 0) continue
    yield mask.applyToChat(waiting.slice(0, end))
    waiting = waiting.slice(end)
  }
  if (waiting !== '') yield mask.applyToChat(waiting)
  return returned
}

/** The same stream; `note` gets what it returns, which a loop over it would not see. */
async function* noteReturn(
  chunks: AsyncIterable<string>,
  note: (value: unknown) => void,
): AsyncGenerator<string> {
  note(yield* chunks)
}
