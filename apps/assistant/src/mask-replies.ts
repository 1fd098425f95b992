import type { SecretMask } from '@pluggram/observability'
import type { Button, Reply } from '@pluggram/sdk'
import type { Messenger, SettledReply } from '@pluggram/sdk/runtime'

type ChatMask = Pick<SecretMask, 'applyToChat' | 'heldBack'>

/**
 * The same way out, on which no secret of the configuration reaches a chat: a plugin may repeat what a server said to it, or
 * an error with the address that it asked.
 */
export function maskReplies<Way extends Messenger>(messenger: Way, mask: ChatMask): Way {
  return {
    ...messenger,
    settle(chat, reply, signal) {
      const { text } = reply
      if (typeof text !== 'object') return messenger.settle(chat, reply, signal)
      return messenger.settle(chat, { ...reply, text: maskStream(text, mask) }, signal)
    },
    plan: (chat, settled) =>
      messenger.plan(chat, {
        ...settled,
        reply: maskReply(settled.reply, mask),
        ...maskedNote(settled, mask),
      }),
    answerCallback: (id, text) =>
      messenger.answerCallback(id, text === undefined ? text : mask.applyToChat(text)),
  }
}

/** Plain data with every text masked: what a tool gives to a model, what a method of the Bot API is given. */
export function maskValues(value: unknown, mask: ChatMask): unknown {
  if (typeof value === 'string') return mask.applyToChat(value)
  if (Array.isArray(value)) return value.map((item) => maskValues(item, mask))
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskValues(item, mask)]))
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function maskedNote({ note }: Pick<SettledReply, 'note'>, mask: ChatMask): { note?: string } {
  return note === undefined ? {} : { note: mask.applyToChat(note) }
}

function maskReply(reply: SettledReply['reply'], mask: ChatMask): SettledReply['reply'] {
  const { text, buttons } = reply
  const masked = text === undefined ? undefined : mask.applyToChat(text)
  const changed = masked === text ? {} : { text: masked as string }
  const hidden = buttons && hideButtons(buttons, mask)
  if (masked === text && hidden === buttons) return reply
  const { entities, ...rest } = reply
  // formatting by position would stand at other words
  const kept = masked === text && entities ? { entities } : {}
  return { ...rest, ...kept, ...changed, ...(hidden && { buttons: hidden }) }
}

/** The very same rows when there is nothing to hide. */
function hideButtons(rows: NonNullable<Reply['buttons']>, mask: ChatMask): NonNullable<Reply['buttons']> {
  const hide = (button: Button): Button => {
    const text = mask.applyToChat(button.text)
    const url = 'url' in button ? mask.applyToChat(button.url) : undefined
    if (text === button.text && (url === undefined || ('url' in button && url === button.url))) return button
    return url === undefined ? { ...button, text } : ({ ...button, text, url } as Button)
  }
  const hidden = rows.map((row) => row.map(hide))
  return hidden.some((row, index) => row.some((button, column) => button !== rows[index]?.[column]))
    ? hidden
    : rows
}

/** Text as it is written; its end waits while it may be the beginning of a secret. */
async function* maskStream(chunks: AsyncIterable<string>, mask: ChatMask): AsyncGenerator<string> {
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
