import { AsyncLocalStorage } from 'node:async_hooks'
import type { CallContext } from '@pluggram/sdk/runtime'

type ToolCall = Pick<CallContext, 'mayReach'>

const running = new AsyncLocalStorage<ToolCall>()

/** Runs a model's call of a tool, so that services know during which call they are used. */
export function inToolCall<T>(context: ToolCall, work: () => T): T {
  return running.run(context, work)
}

/** The context of the tool call that this code runs in, if any. */
export function currentToolCall(): ToolCall | undefined {
  return running.getStore()
}
