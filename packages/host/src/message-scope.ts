import { AsyncLocalStorage } from 'node:async_hooks'
import type { MessageContext } from '@pluggram/sdk'

/** What of a message the services of its plugin want to know. */
export type MessageScope = Pick<MessageContext, 'chat' | 'user' | 'message'>

const scopes = new AsyncLocalStorage<MessageScope>()

/** Everything that `work` does, later too, knows which message it is about. */
export function aboutMessage<T>(scope: MessageScope, work: () => T): T {
  return scopes.run(scope, work)
}

/** The message that is being worked on, when there is one. */
export function currentMessage(): MessageScope | undefined {
  return scopes.getStore()
}
