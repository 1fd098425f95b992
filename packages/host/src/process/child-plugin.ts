import { PermissionError } from '@pluggram/sdk'
import type { HttpService, PluginManifest, PluginSummary, ScheduledRun } from '@pluggram/sdk'
import { unlessAborted, withinTime, withinTotalTime } from '@pluggram/base'
import { CALLS, jsonSchemaOf } from '@pluggram/sdk/runtime'
import type { CallKind, Question } from '@pluggram/sdk/runtime'
import { isThrown, thrownMessage, thrownText } from '../error-location.ts'
import { loadPlugin } from '../start/load-plugin.ts'
import type { LoadedPlugin } from '../start/load-plugin.ts'
import { summariseManifest } from '../start/manifest-summary.ts'
import { generationUrl, installModuleHooks } from '../start/module-hooks.ts'
import type { PluginCandidate } from '../discover/plugin-candidate.ts'
import { ANSWERS } from '../calls/plugin-answers.ts'
import { ProblemError } from '../plugin-problem.ts'
import type { Peer } from '../wire/peer.ts'
import { toPlainData } from '../wire/plain-data.ts'
import { inMessage } from '../calls/running-plugin.ts'
import type { RunningPlugin } from '../calls/running-plugin.ts'
import { configureManifest, readManifest } from '../start/read-manifest.ts'
import type { CheckedManifest, PluginIdentity } from '../start/read-manifest.ts'
import { readConfig, startPlugin } from '../start/start-plugin.ts'
import { toolRoleOf } from '../calls/tool-role.ts'
import type { JsonObject, JsonSchema } from '../json-types.ts'
import type {
  Attempt,
  Configured,
  ConfigureRequest,
  ContextData,
  Loaded,
  LoadRequest,
  Started,
  StartRequest,
} from '../wire/protocol.ts'
import { Callbacks } from './callbacks.ts'
import { ChatBlocks } from './chat-blocks.ts'
import { linkAhead } from './link-ahead.ts'
import { createRemoteContext } from '../wire/wire-context.ts'
import { createRemoteServices } from './remote-services.ts'

/** A plugin in its process, from `load` to `stop`. */
export class ChildPlugin {
  /** Functions that the host may call. */
  readonly callbacks = new Callbacks()
  readonly #peer: Peer
  readonly #onEffects: () => void
  #candidate: PluginCandidate | undefined
  #loaded: LoadedPlugin | undefined
  #checked: CheckedManifest | undefined
  #running: RunningPlugin | undefined
  readonly #chatBlocks = new ChatBlocks()
  #plugins: readonly PluginSummary[] = []
  #within = withinTotalTime(0)
  #seconds = 0
  #fetch: HttpService['fetch'] | undefined
  /** Resolves when a failed start that is still running has ended. */
  #late: Promise<unknown> | undefined

  /** @param onEffects called when an effect of the plugin began or ended */
  constructor(peer: Peer, onEffects: () => void) {
    this.#peer = peer
    this.#onEffects = onEffects
  }

  /** The plugin's candidate, once known. */
  get candidate(): PluginCandidate | undefined {
    return this.#candidate
  }

  /** The plugin's HTTP client, which is also the global `fetch`. */
  get fetch(): HttpService['fetch'] {
    if (!this.#fetch) throw new PermissionError('fetch can be used from setup on.')
    return this.#fetch
  }

  /** Stores the host's list of the assistant's plugins. */
  setPlugins(plugins: readonly PluginSummary[]): void {
    this.#plugins = plugins
  }

  /** Imports the plugin. `onLinked` is called when it has been read, before any of it runs. */
  load({ candidate, seconds, sources }: LoadRequest, onLinked: () => void): Promise<Attempt<Loaded>> {
    return attempt(candidate, async () => {
      this.#candidate = candidate
      this.#limit(seconds)
      const hooks = installModuleHooks([candidate.directory], sources)
      await linkAhead(generationUrl(candidate.entry, 0))
      onLinked()
      const check = async (file: string): Promise<string | undefined> => {
        const report = await this.#peer.call('check-syntax', [file])
        return typeof report === 'string' ? report : undefined
      }
      this.#loaded = await loadPlugin(candidate, hooks, this.#within, check)
      this.#checked = readManifest(identity(candidate), this.#loaded)
      return {
        manifest: summariseManifest(this.#checked.manifest),
        isConfigurable: this.#checked.manifest.configure !== undefined,
        ...jsonSchemaMember(this.#checked.manifest),
        files: hooks.filesUnder(candidate.directory),
      }
    })
  }

  /** Computes the manifest for this configuration, without starting the plugin. */
  configure({ block }: ConfigureRequest): Promise<Attempt<Configured>> {
    const [candidate, checked] = [this.#candidate, this.#checked]
    if (!candidate || !checked) throw new Error('configure before load')
    return attempt(candidate, async () => {
      const context = { blockFor: () => block, within: this.#within }
      const { config } = await readConfig(identity(candidate), checked.manifest, context)
      const { manifest } = configureManifest(identity(candidate), checked, config)
      return { manifest: summariseManifest(manifest) }
    })
  }

  start(request: StartRequest): Promise<Attempt<Started>> {
    const [candidate, loaded, checked] = [this.#candidate, this.#loaded, this.#checked]
    if (!candidate || !loaded || !checked) throw new Error('start before load')
    this.#plugins = request.plugins
    // import and setup share one limit, unless the manifest sets another
    if (request.seconds !== this.#seconds) this.#limit(request.seconds)
    const controller = new AbortController()
    return attempt(candidate, async () => {
      const { plugin, warnings } = await startPlugin(identity(candidate), loaded, checked, {
        assistantName: request.assistantName,
        blockFor: () => request.block,
        servicesFor: (name, manifest, effects) => {
          const services = createRemoteServices({
            peer: this.#peer,
            plugin: name,
            request,
            effects,
            callbacks: this.callbacks,
            permissions: manifest.permissions ?? {},
            plugins: () => this.#plugins,
          })
          this.#fetch = services.http.fetch
          return services
        },
        within: this.#within,
        chatBlock: (chatId) => this.#chatBlocks.of(chatId),
        askChatBlock: async (chatId) =>
          this.#chatBlocks.note(
            chatId,
            (await this.#peer.call('chat-block', [chatId])) as JsonObject | undefined,
          ),
        controller,
        timeouts: { cleanupSeconds: request.cleanupSeconds },
        onEffects: this.#onEffects,
        onLate: (end) => (this.#late = end),
      })
      this.#running = plugin
      return { descriptor: plugin.descriptor, warnings, effects: plugin.effects() }
    })
  }

  /** Answers a call from the host; the answer is encoded to be sent. */
  async ask<Kind extends CallKind>(
    kind: Kind,
    question: Question<Kind>,
    signal: AbortSignal,
  ): Promise<unknown> {
    const plugin = this.#started()
    const asked = this.#withContext(kind, question, plugin)
    const asking = plugin.ask(kind, asked, signal)
    // the host has stopped waiting, so this call must not be kept open either
    const answer = await (CALLS[kind].whenLate === 'leave' ? unlessAborted(asking, signal) : asking)
    const { about, encode } = ANSWERS[kind]
    if (!encode) return answer
    const scope = about?.(asked)
    const encoded = (): unknown => encode(answer, this.#peer.streams)
    // a text is written while it is read, which is later
    return scope ? inMessage(scope, encoded) : encoded()
  }

  /** Runs a schedule of the plugin's code, by the number of its function. */
  async runScheduled(handler: number, run: ScheduledRun): Promise<void> {
    await this.callbacks.call(handler, [run])
  }

  effects(): readonly string[] {
    return this.#running?.effects() ?? []
  }

  async stop(seconds: number): Promise<boolean> {
    if (this.#late) await withinTime(this.#late, seconds * 1_000).catch(() => {})
    return (await this.#running?.stop(seconds)) ?? true
  }

  /** Rebuilds a context from its data; its functions ask the host. */
  #withContext<Kind extends CallKind>(
    kind: Kind,
    question: Question<Kind>,
    { descriptor }: RunningPlugin,
  ): Question<Kind> {
    if (!CALLS[kind].hasContext) return question
    const { context: data } = question as unknown as { readonly context: ContextData }
    if (descriptor.perChat) this.#chatBlocks.note(data.chat.id, data.chatBlock)
    const context = createRemoteContext(data, { peer: this.#peer, plugin: descriptor.name })
    return { ...(question as object), context } as Question<Kind>
  }

  #limit(seconds: number): void {
    this.#seconds = seconds
    this.#within = withinTotalTime(seconds * 1_000)
  }

  #started(): RunningPlugin {
    if (!this.#running) throw new Error('the plugin was not started')
    return this.#running
  }
}

/** The JSON Schema, with which the host parses values from environment variables. */
function jsonSchemaMember({ config }: PluginManifest): Pick<Loaded, 'jsonSchema'> {
  const jsonSchema = jsonSchemaOf(config)
  return jsonSchema === undefined ? {} : { jsonSchema: toPlainData(jsonSchema) as JsonSchema }
}

/** Returns a problem as data. Of the error itself only the stack is sent. */
async function attempt<T>(candidate: PluginCandidate, work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { done: await work() }
  } catch (error) {
    const known = isThrown(error, ProblemError) ? error : undefined
    return {
      problem: known?.problem ?? {
        plugin: candidate.name,
        severity: 'error',
        code: 'plugin-start-failed',
        message: `Plugin ${candidate.name} did not start: ${thrownMessage(error)}.`,
        file: candidate.entry,
      },
      stack: thrownText(known ? known.cause : error, 'stack').slice(0, 8_000),
    }
  }
}

function identity({ name, entry, directory, origin, isSingleFile }: PluginCandidate): PluginIdentity {
  return {
    name,
    file: entry,
    directory,
    toolRole: toolRoleOf(origin),
    isSingleFile: isSingleFile === true,
  }
}
