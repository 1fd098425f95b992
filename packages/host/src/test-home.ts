import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createRefusedScheduler, DatabaseClient } from '@pluggram/sdk/runtime'
import type { EffectScope, Logger, Services } from '@pluggram/sdk'
import type { CallContext, RunnablePlugin } from '@pluggram/sdk/runtime'
import { discoverPlugins } from './discover/discover-plugins.ts'
import { createPluginHost } from './plugin-host.ts'
import type { PluginHost, PluginHostOptions } from './plugin-host-contract.ts'
import type { PluginProblem } from './plugin-problem.ts'
import { createRefusedAi } from './start/refused-ai.ts'
import type { IsolationLevel } from './plugin-state.ts'
import type { JsonObject } from './json-types.ts'

/**
 * A temporary home for this package's tests. Every home has a new path, because modules stay
 * cached.
 */
export interface TestHome extends AsyncDisposable {
  readonly directory: string
  write(file: string, text: string): Promise<void>
  link(target: string, file: string): Promise<void>
  /** Discovers and starts everything, all of it enabled by default. */
  host(options?: TestHostOptions): Promise<TestHost>
}

interface TestHostOptions extends Partial<PluginHostOptions> {
  /** The level of all plugins. Default: that of `useLevel`, else inline. */
  readonly level?: IsolationLevel
  readonly config?: Readonly<Record<string, JsonObject>>
  readonly shipped?: readonly { name: string; directory: string }[]
  /** Replacements for the default services. */
  readonly services?: Partial<Services>
}

interface TestHost extends PluginHost {
  readonly discovered: readonly PluginProblem[]
  /** Lines that plugins wrote to their log, in order. */
  readonly logged: string[]
  readonly reported: { plugin: string; error: unknown; context: unknown }[]
  ask(name: string, message: string, context?: Partial<CallContext>): Promise<unknown>
  callTool(name: string, input?: unknown, context?: Partial<CallContext>): Promise<unknown>
}

/** Both levels, which look the same to a plugin. */
export const LEVELS: readonly IsolationLevel[] = ['inline', 'process']

let defaultLevel: IsolationLevel = 'inline'

/** Sets the level for plugins of further homes. */
export function useLevel(level: IsolationLevel): void {
  defaultLevel = level
}

export async function createTestHome(files: Readonly<Record<string, string>> = {}): Promise<TestHome> {
  const directory = await realpath(await mkdtemp(path.join(os.tmpdir(), 'pluggram-host-')))
  const hosts: PluginHost[] = []
  const home: TestHome = {
    directory,
    async write(file, text) {
      const target = path.join(directory, file)
      await mkdir(path.dirname(target), { recursive: true })
      await writeFile(target, text)
    },
    async link(target, file) {
      await mkdir(path.dirname(path.join(directory, file)), { recursive: true })
      await symlink(path.join(directory, target), path.join(directory, file))
    },
    async host({ config = {}, shipped = [], level = defaultLevel, services = {}, ...options } = {}) {
      const { candidates, problems } = await discoverPlugins({ home: directory, shipped })
      const reported: TestHost['reported'] = []
      const logged: string[] = []
      const host = createPluginHost({
        candidates,
        isEnabled: () => true,
        order: [],
        levelFor: () => level,
        configFor: (name) => ({ block: config[name] ?? {} }),
        servicesFor: (name, _manifest, effects) => ({
          ...testServices(effects, {
            logged,
            captureException: (error, context) => reported.push({ plugin: name, error, context }),
          }),
          ...services,
        }),
        assistantName: 'Test',
        logger: silentLogger,
        ...options,
      })
      hosts.push(host)
      return Object.assign(host, { discovered: problems, reported, logged, ...callers(host) })
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(hosts.map((host) => host.stop()))
      await rm(directory, { recursive: true, force: true })
    },
  }
  for (const [file, text] of Object.entries(files)) await home.write(file, text)
  return home
}

function callers(host: PluginHost): Pick<TestHost, 'ask' | 'callTool'> {
  const find = (name: string): RunnablePlugin => {
    const plugin = host.registry.plugins().find(({ descriptor }) => descriptor.name === name)
    if (!plugin) throw new Error(`${name} does not run`)
    return plugin
  }
  return {
    async ask(name, message, context = {}) {
      const whole = testContext(context)
      return find(name).ask('handle', { message, context: whole }, whole.signal)
    },
    async callTool(name, input, context = {}) {
      const [plugin = '', tool = ''] = name.split('.')
      const whole = testContext(context)
      return find(plugin).ask('tool', { name: tool, input, context: whole }, whole.signal)
    },
  }
}

const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }

function testServices(
  effects: EffectScope,
  { logged, captureException }: { logged: string[]; captureException: Services['captureException'] },
): Services {
  const unavailable = (): never => {
    throw new Error('not part of this test')
  }
  // services missing here are not part of these tests
  const given: Partial<Services> = {
    logger: { ...silentLogger, info: (message) => void logged.push(message) },
    ai: createRefusedAi(unavailable),
    assistant: { name: 'Test', plugins: () => [] },
    database: new DatabaseClient(unavailable),
    scheduler: createRefusedScheduler(unavailable),
    http: { fetch: unavailable },
    files: { folder: unavailable },
    telegram: { send: unavailable, edit: unavailable, delete: unavailable, call: unavailable },
    effects,
    captureException,
  }
  return given as Services
}

function testContext(context: Partial<CallContext>): CallContext {
  return {
    chat: { id: 1, type: 'private' },
    user: { id: 2, firstName: 'Ann', isBot: false },
    role: 'everyone',
    message: {
      id: 3,
      text: '',
      entities: [],
      attachments: [],
      date: new Date(0),
      isEdited: false,
      isAddressed: true,
    },
    timeZone: 'UTC',
    signal: new AbortController().signal,
    attempt: 1,
    idempotencyKey: 'key',
    reply: async () => [],
    react: async () => {},
    download: async () => new Uint8Array(),
    groupRights: async () => ({ userIsAdministrator: true, botSeesAllMessages: true }),
    ...context,
  }
}
