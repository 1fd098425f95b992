import type { MessageContext } from '@pluggram/sdk'
import type { ContextData } from './protocol.ts'

/** The part of a context that crosses to a plugin process as it is. */
export function toContextData(context: MessageContext): ContextData {
  const { chat, user, role, message, command, callback, attempt, idempotencyKey } = context
  return {
    chat,
    user,
    role,
    message,
    attempt,
    idempotencyKey,
    ...(command && { command }),
    ...(callback && { callback }),
  }
}
