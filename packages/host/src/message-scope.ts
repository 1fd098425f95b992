import { AsyncLocalStorage } from 'node:async_hooks'
import type { MessageContext } from '@pluggram/sdk'

/** What the services of a plugin need to know about a message. */
export type MessageScope = Pick<MessageContext, 'chat' | 'user' | 'message'>

const scopes = new AsyncLocalStorage<MessageScope>()

/** Runs `work` so that everything it does, even asynchronously, knows its message. */
export function aboutMessage<T>(scope: MessageScope, work: () => T): T {
  return scopes.run(scope, work)
}

/** The message being processed, if any. */
export function currentMessage(): MessageScope | undefined {
  return scopes.getStore()
}
