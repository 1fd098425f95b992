import type { CallContext } from '@pluggram/sdk/runtime'
import { parseResponse } from '../parse-result.ts'
import type { Peer } from '../rpc/peer.ts'
import { encodeResponse } from '../rpc/wire-response.ts'
import { CALL_NUMBER } from './protocol.ts'
import type { ContextData } from './protocol.ts'

/** The context of a message in a plugin process; its methods call the host. */
export function createRemoteContext(
  { chatBlock: _chatBlock, ...data }: ContextData,
  link: { readonly peer: Peer; readonly plugin: string; readonly call: number; readonly signal: AbortSignal },
): CallContext {
  const { peer, plugin, call, signal } = link
  const context: CallContext & { readonly [CALL_NUMBER]: number } = {
    ...data,
    [CALL_NUMBER]: call,
    signal,
    async reply(response) {
      const wire = encodeResponse(parseResponse(plugin, response), peer.streams)
      return (await peer.call('reply', [call, wire])) as Awaited<ReturnType<CallContext['reply']>>
    },
    async react(emoji) {
      await peer.call('react', [call, emoji])
    },
    async download(attachment) {
      return (await peer.call('download', [call, { ...attachment }])) as Uint8Array
    },
  }
  return context
}
