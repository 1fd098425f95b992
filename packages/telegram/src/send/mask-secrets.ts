import type { Button, Reply } from '@pluggram/sdk'

/** Hides secrets of the configuration in texts for chats. */
export interface ChatMask {
  applyToChat(text: string): string
  /** How many characters at the end of a text could be the start of a secret. */
  heldBack(text: string): number
}

/** Hides nothing. */
export const NO_MASK: ChatMask = { applyToChat: (text) => text, heldBack: () => 0 }

/**
 * The reply without secrets. A plugin may repeat a server's answer, or an error that shows a URL.
 * Returns the same object when there is nothing to hide.
 */
export function maskReply(reply: Reply, mask: ChatMask): Reply {
  const { text, buttons } = reply
  const masked = typeof text === 'string' ? mask.applyToChat(text) : text
  const hidden = buttons && maskButtons(buttons, mask)
  if (masked === text && hidden === buttons) return reply
  const { entities, ...rest } = reply
  return {
    ...rest,
    // the entities' positions no longer match the masked text
    ...(masked === text ? entities && { entities } : { text: masked as string }),
    ...(hidden && { buttons: hidden }),
  }
}

/** Returns the same rows when there is nothing to hide. */
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

/**
 * A masked text stream. It holds back the end of the text while that could be the start of a
 * secret.
 */
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
