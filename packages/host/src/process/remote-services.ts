import { createRemoteServices as createFromTable } from '@pluggram/services/plugin-side'
import type { PluginLink } from '@pluggram/services/plugin-side'
import type { Logger, PluginPermissions, PluginSummary } from '@pluggram/sdk'
import type { DisposableEffectScope } from '../start/effect-scope.ts'
import type { HostServices } from '../start/local-services.ts'
import { currentMessage } from '../calls/running-plugin.ts'
import { encodeError } from '../wire/wire-error.ts'
import type { Peer } from '../wire/peer.ts'
import type { Callbacks } from './callbacks.ts'
import { plainFields } from './plain-fields.ts'
import { CALL_NUMBER } from '../wire/protocol.ts'
import type { StartRequest } from '../wire/protocol.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** What the services of a plugin process need. */
export interface RemoteServicesOptions {
  readonly peer: Peer
  readonly plugin: string
  readonly permissions: PluginPermissions
  readonly request: StartRequest
  readonly effects: DisposableEffectScope
  readonly callbacks: Callbacks
  /** The assistant's current plugins. */
  readonly plugins: () => readonly PluginSummary[]
}

/** The services of a plugin process: effects are local, all others call the host. */
export function createRemoteServices(options: RemoteServicesOptions): HostServices {
  const { peer, request, effects } = options
  const report = (error: unknown, context: unknown): void =>
    peer.note('exception', [encodeError(error), plainFields(context)])
  return {
    ...createFromTable((service) => createLink(service, options, report)),
    logger: createLogger(peer),
    assistant: { name: request.assistantName, plugins: options.plugins },
    effects,
    captureException: report,
  }
}

function createLink(
  service: string,
  { peer, plugin, permissions, effects, callbacks }: RemoteServicesOptions,
  report: (error: unknown, context: unknown) => void,
): PluginLink {
  return {
    plugin,
    permissions,
    effects,
    call: (method, args, signal) => peer.call('service', [service, method, args, currentCall()], signal),
    note: (method, args) => peer.note('service', [service, method, args]),
    keep: (callback) => callbacks.add(callback),
    release: (callback) => callbacks.delete(callback),
    read: (stream) => peer.streams.read(stream),
    cancel: (stream) => peer.streams.cancel(stream),
    onEnd: (work) => effects.onEnd(work),
    report: (error, during) => report(error, { during }),
    callNumber: (context) => Reflect.get(context, CALL_NUMBER),
  }
}

/** The host's number for the call that the plugin works on, for the message's journey. */
function currentCall(): unknown {
  const message = currentMessage()
  return message && Reflect.get(message, CALL_NUMBER)
}

function createLogger(peer: Peer): Logger {
  const entries = LEVELS.map((level): [string, Logger['info']] => [
    level,
    (message, fields) => peer.note('log', [level, String(message), plainFields(withMessage(fields))]),
  ])
  return Object.fromEntries(entries) as unknown as Logger
}

/** Adds the chat and message that the plugin is processing. */
function withMessage(fields: unknown): unknown {
  const scope = currentMessage()
  return scope ? { chat: scope.chat.id, message: scope.message.id, ...Object(fields) } : fields
}
