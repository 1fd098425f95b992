import { AsyncLocalStorage } from 'node:async_hooks'
import type { MessageContext } from '@pluggram/sdk'

/** What the services of a plugin need to know about a message. */
export type MessageScope = Pick<MessageContext, 'chat' | 'user' | 'message'>

const scopes = new AsyncLocalStorage<MessageScope>()

/** Everything that `work` does, even later, knows which message it is about. */
export function aboutMessage<T>(scope: MessageScope, work: () => T): T {
  return scopes.run(scope, work)
}

/** The message that is being worked on, when there is one. */
export function currentMessage(): MessageScope | undefined {
  return scopes.getStore()
}
