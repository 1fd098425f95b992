import { setTimeout as sleep } from 'node:timers/promises'
import { errorMessage, isPluggramError, PluggramError } from '@pluggram/sdk'
import type { PictureResult } from '@pluggram/ai/tools'
import type { Logger } from '@pluggram/sdk'
import { askHandlers } from '@pluggram/sdk/runtime'
import type { Ask, PluginDescriptor, Question, RunnablePlugin } from '@pluggram/sdk/runtime'
import { checkInput } from './check-input.ts'
import { SessionLost } from './session-lost.ts'
import type { McpConnection, McpConnectionOptions } from './mcp-connection.ts'
import type { McpServerSettings } from './mcp-settings.ts'
import { readTools } from './mcp-tool.ts'
import type { CheckedPins, ToolPin } from './tool-pins.ts'

export interface MountedServerOptions {
  readonly name: string
  readonly settings: McpServerSettings
  readonly workingDirectory: string
  readonly connect: (options: McpConnectionOptions) => Promise<McpConnection>
  /** Returns the names of the tools that are unchanged since the owner approved them. */
  readonly checkPins: (offered: ReadonlyMap<string, ToolPin>) => Promise<CheckedPins>
  /** Called when its tools changed. */
  onChange(): void
  readonly logger: Logger
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** The state of a server. */
export interface McpServerState {
  readonly name: string
  readonly state: 'starting' | 'running' | 'restarting' | 'parked' | 'stopped'
  /** A problem the owner should fix. */
  readonly problem?: string
}

const START_SECONDS = 20
const CRASH_WINDOW_MS = 5 * 60_000
const CRASHES_TO_PARK = 3
const PAUSE_MS = 1_000

/**
 * A server as a plugin with tools. It is connected at startup, to list its tools. After a crash it
 * is reconnected on the next use.
 *
 *   starting ──▶ running ──ends──▶ restarting ──used──▶ starting
 *                                     └──third time in five minutes──▶ parked ──restart()──▶ starting
 */
export class MountedServer implements RunnablePlugin {
  readonly #options: MountedServerOptions
  /** Only answers tool calls; a server does not handle messages. */
  readonly ask: Ask
  #descriptor: PluginDescriptor
  #connection: McpConnection | undefined
  #starting: Promise<McpConnection> | undefined
  #ends: number[] = []
  #reason: string | undefined
  #warning: string | undefined
  #isStopped = false

  constructor(options: MountedServerOptions) {
    this.#options = options
    this.#descriptor = describe(options.name, '', [])
    this.ask = askHandlers(options.name, {
      tool: (question, signal) => this.#callTool(question, signal),
      'check-tool': ({ name, input }) =>
        checkInput(this.#descriptor.tools.find((tool) => tool.name === name)?.inputSchema, input ?? {}),
    })
  }

  get descriptor(): PluginDescriptor {
    return this.#descriptor
  }

  get settings(): McpServerSettings {
    return this.#options.settings
  }

  state(): McpServerState {
    const { name } = this.#options
    const problem = this.#reason ?? this.#warning
    return { name, state: this.#stateName(), ...(problem !== undefined && { problem }) }
  }

  /** Connects. A failure is reported in `state`. */
  async start(): Promise<void> {
    await this.#ready().catch(() => {})
  }

  async #callTool(question: Question<'tool'>, signal: AbortSignal): Promise<string | PictureResult> {
    const { name: tool, input } = question
    const { name } = this.#options
    const connection = await this.#ready()
    signal.throwIfAborted()
    if (!this.#descriptor.tools.some((item) => item.name === tool)) {
      throw new PluggramError(
        'tool-not-found',
        `The MCP server ${name} has no tool ${tool} that was granted.`,
      )
    }
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
      throw new PluggramError('tool-arguments-invalid', `The arguments of ${name}.${tool} must be an object.`)
    }
    const args = { ...input }
    try {
      return await connection.callTool(tool, args, signal).catch(async (error: unknown) => {
        if (!(error instanceof SessionLost) || signal.aborted) throw error
        // the call was not made, so it may be made once more
        return (await this.#renew(connection)).callTool(tool, args, signal)
      })
    } catch (error) {
      // prefer the reason of whoever aborted the call
      if (isPluggramError(signal.reason)) {
        void this.#endIfHung(connection)
        throw signal.reason
      }
      if (isPluggramError(error)) throw error
      // a server that is gone is connected again with the next call
      void this.#endIfHung(connection)
      throw new PluggramError('network-failed', `${name}.${tool}: ${errorMessage(error)}`, {
        isRetryable: true,
      })
    }
  }

  /** Opens a new session with a server that forgot the one of a connection. */
  async #renew(connection: McpConnection): Promise<McpConnection> {
    if (this.#connection === connection) {
      this.#connection = undefined
      this.#options.logger.info(`MCP server ${this.#options.name} forgot the session; it is connected again`)
      await connection.close().catch(() => {})
    }
    return this.#ready()
  }

  /** Reconnects, even if parked. */
  async restart(): Promise<void> {
    this.#ends = []
    this.#reason = undefined
    const connection = this.#connection
    this.#connection = undefined
    await connection?.close()
    await this.#ready()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    const connection = this.#connection ?? (await this.#starting?.catch(() => undefined))
    this.#connection = undefined
    await connection?.close()
  }

  #ready(): Promise<McpConnection> {
    const { name } = this.#options
    if (this.#isStopped) throw new PluggramError('plugin-not-found', `The MCP server ${name} was stopped.`)
    if (this.#connection) return Promise.resolve(this.#connection)
    if (this.#isParked()) {
      throw new PluggramError(
        'plugin-crashed',
        `The MCP server ${name} is parked: it ended three times in five minutes.`,
      )
    }
    return (this.#starting ??= this.#connect().finally(() => (this.#starting = undefined)))
  }

  async #connect(): Promise<McpConnection> {
    const { name, settings, workingDirectory, logger, connect } = this.#options
    if (this.#ends.length > 0) await sleep(PAUSE_MS)
    let connection: McpConnection | undefined
    try {
      connection = await connect({
        settings,
        workingDirectory,
        startSeconds: START_SECONDS,
        onOutput: (line) => logger.debug(`${name}: ${line}`, { plugin: name }),
        onToolsChanged: () => void this.#refresh(),
        onEnd: (reason) => this.#onEnd(reason),
        onOddTool: (problem) => logger.warn(`MCP server ${name}: the tool ${problem}; it is left out`),
      })
      await this.#readTools(connection)
    } catch (error) {
      await connection?.close()
      this.#noteEnd(`it did not start: ${errorMessage(error)}`)
      throw new PluggramError(
        'plugin-crashed',
        `The MCP server ${name} did not start: ${errorMessage(error)}.`,
      )
    }
    if (this.#isStopped) {
      await connection.close()
      throw new PluggramError('plugin-not-found', `The MCP server ${name} was stopped.`)
    }
    this.#connection = connection
    this.#reason = undefined
    return connection
  }

  async #readTools(connection: McpConnection): Promise<void> {
    const { name, settings, checkPins, logger } = this.#options
    const { tools, refused } = readTools(await connection.listTools(), settings.role ?? 'owner')
    for (const problem of refused) logger.warn(`MCP server ${name}: the tool ${problem}; it is left out`)
    const pins = new Map([...tools].map(([tool, { pin }]) => [tool, pin]))
    const { tools: granted, isAgreed } = await checkPins(pins)
    if (!isAgreed)
      logger.info(
        `Nobody has read how the MCP server ${name} describes its tools yet. Until you agree to that with "pluggram plugins grant ${name}", tools of other plugins that change something ask a person first.`,
        { plugin: name },
      )
    const changed = [...tools.keys()].filter((tool) => !granted.has(tool))
    this.#warning =
      changed.length === 0
        ? undefined
        : `${changed.join(', ')} of the MCP server ${name} is not what you agreed to; see "pluggram plugins grant ${name}".`
    if (this.#warning !== undefined) logger.warn(this.#warning, { plugin: name })
    const usable = [...tools.values()].filter(({ descriptor }) => granted.has(descriptor.name))
    this.#descriptor = describe(
      name,
      connection.title,
      usable.map(({ descriptor }) => (isAgreed ? descriptor : { ...descriptor, isDescriptionForeign: true })),
    )
    this.#options.onChange()
  }

  /** Handles changed tools. Until they are listed again, none of the old ones can be trusted. */
  async #refresh(): Promise<void> {
    const connection = this.#connection
    if (!connection) return
    try {
      await this.#readTools(connection)
    } catch (error) {
      this.#options.logger.warn(`The tools of ${this.#options.name} cannot be read: ${errorMessage(error)}`)
      await connection.close()
      this.#onEnd('its tools cannot be read')
    }
  }

  /** After an aborted call: stops the server if it does not even answer a ping. */
  async #endIfHung(connection: McpConnection): Promise<void> {
    if (this.#connection !== connection || (await connection.isAlive())) return
    if (this.#connection !== connection) return
    await connection.close()
    this.#onEnd('it does not answer any more')
  }

  #onEnd(reason: string): void {
    if (this.#isStopped || !this.#connection) return
    this.#connection = undefined
    this.#noteEnd(reason)
  }

  #noteEnd(reason: string): void {
    const { name, logger, now } = this.#options
    this.#ends = [...this.#ends.filter((at) => at > now() - CRASH_WINDOW_MS), now()]
    this.#reason = this.#isParked()
      ? `It is parked: it ended three times in five minutes, the last time because ${reason}. Correct mcp.servers.${name}, or run "pluggram plugins restart ${name}".`
      : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`
    logger.warn(`MCP server ${name}: ${this.#reason}`, { plugin: name })
  }

  #isParked(): boolean {
    return this.#ends.filter((at) => at > this.#options.now() - CRASH_WINDOW_MS).length >= CRASHES_TO_PARK
  }

  #stateName(): McpServerState['state'] {
    if (this.#isStopped) return 'stopped'
    if (this.#connection) return 'running'
    if (this.#starting || this.#ends.length === 0) return 'starting'
    return this.#isParked() ? 'parked' : 'restarting'
  }
}

function describe(name: string, title: string, tools: PluginDescriptor['tools']): PluginDescriptor {
  return {
    name,
    ...(title !== '' && { description: `MCP server: ${title.slice(0, 100).toWellFormed()}` }),
    commands: [],
    tools,
    schedules: [],
    patterns: [],
    updates: ['message'],
    priority: 0,
    answers: [],
  }
}
