import type { CallContext } from '@pluggram/sdk/runtime'
import type { JsonObject } from '../json-types.ts'
import type { ContextData } from './protocol.ts'

/** The part of a context that crosses to a plugin process as it is. */
export function toContextData(context: CallContext, chatBlock: JsonObject | undefined): ContextData {
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
    ...(chatBlock && { chatBlock }),
  }
}
