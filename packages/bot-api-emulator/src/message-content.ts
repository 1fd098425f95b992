import type { TelegramMessage } from '@gramio/types'
import { DriverError } from './driver-error.ts'
import { filledExample } from './methods/example-result.ts'
import { botApiSchemas } from './schemas.ts'
import type { SchemaNode } from './schemas.ts'
import type { Validator } from './validator.ts'
import type { ChatRecord, UserRecord } from './world/chat-record.ts'
import { toTelegramChat } from './world/chat-record.ts'

/** What the emulator itself gives to every message. */
const GIVEN: ReadonlySet<string> = new Set(['message_id', 'from', 'chat', 'date', 'reply_to_message'])

/** Every field of the Bot API's Message, with a value that fits it. */
export function exampleMessageFields(): Readonly<Record<string, unknown>> {
  return examplesOf('TelegramMessage')
}

/** Every kind of update of the Bot API. */
export function updateKinds(): readonly string[] {
  return Object.keys(propertiesOf('TelegramUpdate')).filter((name) => name !== 'update_id')
}

function examplesOf(definition: string): Readonly<Record<string, unknown>> {
  const entries = Object.entries(propertiesOf(definition))
  return Object.fromEntries(entries.map(([name, schema]) => [name, filledExample(schema)]))
}

function propertiesOf(definition: string): Readonly<Record<string, SchemaNode>> {
  return botApiSchemas().definitions[definition]?.properties ?? {}
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
  const known = new Set(Object.keys(propertiesOf('TelegramMessage')))
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
