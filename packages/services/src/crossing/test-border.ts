import type { EffectScope, Logger, Services } from '@pluggram/sdk'
import type { HostLink, PluginLink } from './links.ts'
import { createRemoteServices } from './remote-services.ts'
import type { RemoteServices } from './remote-services.ts'
import { serveServices } from './serve-services.ts'

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/**
 * For tests: services on the other side of a border without a process. Everything that crosses is
 * copied, as between processes.
 */
export function acrossBorder(given: Partial<Services>): RemoteServices {
  const callbacks = new Map<number, (...args: never[]) => unknown>()
  const streams = new Map<number, AsyncIterable<string>>()
  const callBack = async (number: number, args: readonly unknown[]): Promise<unknown> =>
    structuredClone(await Reflect.apply(callbacks.get(number) ?? missing, undefined, structuredClone(args)))
  const host: HostLink = {
    logger: silent,
    callBack,
    runSchedule: async (number, { signal: _signal, ...run }) => void (await callBack(number, [run])),
    offer(text) {
      streams.set(streams.size + 1, text)
      return streams.size
    },
    knows: ({ chat }) => chat?.id === undefined || chat.id === 1,
    contextOf: missing,
  }
  const answer = serveServices(given, host)
  const linkTo = (service: string): PluginLink => ({
    plugin: 'tested',
    permissions: { ai: true },
    effects: { add: () => async () => {} } as unknown as EffectScope,
    call: async (method, args, signal = new AbortController().signal) =>
      structuredClone(await answer(service, method, structuredClone(args), signal)),
    note: (method, args) => void answer(service, method, structuredClone(args), AbortSignal.abort()),
    keep(callback) {
      callbacks.set(callbacks.size + 1, callback)
      return callbacks.size
    },
    release: (number) => void callbacks.delete(number),
    read: (number) => streams.get(number) ?? missing(),
    cancel: (number) => void streams.delete(number),
    onEnd() {},
    report: missing,
    callNumber: () => undefined,
  })
  return createRemoteServices(linkTo)
}

function missing(): never {
  throw new Error('not part of this test')
}
