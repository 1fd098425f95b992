import type { TelegramMessage } from '@gramio/types'
import { DriverError } from './driver-error.ts'
import { botApiSchemas } from './schemas.ts'
import type { Validator } from './validator.ts'
import type { ChatRecord, UserRecord } from './world/chat-record.ts'
import { toTelegramChat } from './world/chat-record.ts'

/** What the emulator itself gives to every message. */
const GIVEN: ReadonlySet<string> = new Set(['message_id', 'from', 'chat', 'date', 'reply_to_message'])

/** The names of all fields of the Bot API's Message. */
function messageFields(): readonly string[] {
  return Object.keys(botApiSchemas().definitions['TelegramMessage']?.properties ?? {})
}

/**
 * Checks the fields of a message that a test makes, so that no test sends what Telegram never does.
 * @throws DriverError
 */
export function checkContent(
  validator: Validator,
  content: Partial<TelegramMessage>,
  { chat, user }: { readonly chat: ChatRecord; readonly user: UserRecord },
): void {
  const known = new Set(messageFields())
  const names = Object.keys(content)
  if (names.length === 0) throw new DriverError(400, 'content-empty', 'A message needs some content.')
  const odd = names.find((name) => GIVEN.has(name) || !known.has(name))
  if (odd !== undefined) {
    const why = GIVEN.has(odd) ? 'is set by the emulator' : 'is no field of Message'
    throw new DriverError(400, 'content-invalid', `"${odd}" ${why}.`)
  }
  const problem = validator.resultProblem('sendMessage', {
    message_id: 1,
    date: 1,
    chat: toTelegramChat(chat),
    from: user.telegram,
    ...content,
  })
  if (problem !== undefined) {
    throw new DriverError(400, 'content-invalid', `The content is no message: ${problem}.`)
  }
}
