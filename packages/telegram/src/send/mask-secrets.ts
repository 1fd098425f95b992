import type { Button, Reply } from '@pluggram/sdk'

/** Hides secrets of the configuration in what people read. */
export interface ChatMask {
  applyToChat(text: string): string
  /** How many characters at the end of a text may be the beginning of a secret. */
  heldBack(text: string): number
}

/** Hides nothing. */
export const NO_MASK: ChatMask = { applyToChat: (text) => text, heldBack: () => 0 }

/**
 * The same reply without secrets: a plugin may repeat what a server said to it, or an error with
 * the address that it asked. The very same object when there is nothing to hide.
 */
export function maskReply(reply: Reply, mask: ChatMask): Reply {
  const { text, buttons } = reply
  const masked = typeof text === 'string' ? mask.applyToChat(text) : text
  const hidden = buttons && maskButtons(buttons, mask)
  if (masked === text && hidden === buttons) return reply
  const { entities, ...rest } = reply
  return {
    ...rest,
    // formatting by position would stand at other words
    ...(masked === text ? entities && { entities } : { text: masked as string }),
    ...(hidden && { buttons: hidden }),
  }
}

/** The very same rows when there is nothing to hide. */
export function maskButtons(
  rows: readonly (readonly Button[])[],
  mask: ChatMask,
): readonly (readonly Button[])[] {
  const hide = (button: Button): Button => {
    const text = mask.applyToChat(button.text)
    if (!('url' in button)) return text === button.text ? button : { ...button, text }
    const url = mask.applyToChat(button.url)
    return text === button.text && url === button.url ? button : { text, url }
  }
  const hidden = rows.map((row) => row.map(hide))
  return hidden.some((row, index) => row.some((button, column) => button !== rows[index]?.[column]))
    ? hidden
    : rows
}

/** Text as it is written; its end waits while it may be the beginning of a secret. */
export async function* maskStream(chunks: AsyncIterable<string>, mask: ChatMask): AsyncGenerator<string> {
  let waiting = ''
  for await (const chunk of chunks) {
    waiting += chunk
    const end = waiting.length - mask.heldBack(waiting)
    if (end === 0) continue
    yield mask.applyToChat(waiting.slice(0, end))
    waiting = waiting.slice(end)
  }
  if (waiting !== '') yield mask.applyToChat(waiting)
}
