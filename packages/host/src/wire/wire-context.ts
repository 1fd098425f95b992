import { CALLS } from '@pluggram/sdk/runtime'
import type { CallContext, CallKind, Question } from '@pluggram/sdk/runtime'
import { parseResponse } from '../calls/parse-result.ts'
import type { Peer } from './peer.ts'
import { encodeResponse } from './wire-response.ts'
import type { JsonObject } from '../json-types.ts'
import { CALL_NUMBER } from './protocol.ts'
import type { ContextData } from './protocol.ts'

/** A context as part of a question. */
export type AskedContext = Omit<CallContext, 'signal'>

/** The context of a question, if calls of that kind have one. */
export function contextOf<Kind extends CallKind>(
  kind: Kind,
  question: Question<Kind>,
): AskedContext | undefined {
  return CALLS[kind].hasContext ? (question as Question<'handle'>).context : undefined
}

/** The part of a context that is sent to a plugin process unchanged. */
export function toContextData(
  {
    chat,
    user,
    role,
    message,
    timeZone,
    command,
    callback,
    continues,
    attempt,
    idempotencyKey,
  }: AskedContext,
  call: number,
  chatBlock: JsonObject | undefined,
): ContextData {
  return {
    call,
    chat,
    user,
    role,
    message,
    timeZone,
    attempt,
    idempotencyKey,
    ...(command && { command }),
    ...(callback && { callback }),
    ...(continues !== undefined && { continues }),
    ...(chatBlock && { chatBlock }),
  }
}

/** The context in the plugin's process; its methods call the host. */
export function createRemoteContext(
  { chatBlock: _chatBlock, call, ...data }: ContextData,
  { peer, plugin }: { readonly peer: Peer; readonly plugin: string },
): AskedContext {
  const context: AskedContext & { readonly [CALL_NUMBER]: number } = {
    ...data,
    [CALL_NUMBER]: call,
    async reply(response) {
      const wire = encodeResponse(parseResponse(plugin, response), peer.streams)
      return (await peer.call('reply', [call, wire])) as Awaited<ReturnType<CallContext['reply']>>
    },
    async react(emoji) {
      await peer.call('react', [call, emoji])
    },
    async groupRights() {
      return (await peer.call('group-rights', [call])) as Awaited<ReturnType<CallContext['groupRights']>>
    },
    async download(attachment) {
      return (await peer.call('download', [call, { ...attachment }])) as Uint8Array
    },
  }
  return context
}
