import type { MessageContext, PluginResult } from '@pluggram/sdk'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PluginCrashError } from './crash.ts'
import type { PluginProcess } from './plugin-process.ts'
import { SupervisedPlugin } from './supervised-plugin.ts'
import type { ProcessEvents, ReadyProcess, SupervisedPluginOptions } from './supervised-plugin.ts'

const CONTEXT = { signal: new AbortController().signal } as MessageContext
const COMMAND = { ...CONTEXT, command: { name: 'go', args: '' } }

/** A fake process; `answer` decides the outcome of a message. */
interface FakeProcess {
  readonly process: PluginProcess
  readonly events: ProcessEvents
  stopped: boolean
}

let processes: FakeProcess[]
let answer: () => Promise<PluginResult | undefined>

beforeEach(() => {
  vi.useFakeTimers()
  processes = []
  answer = async () => ({ success: true, response: 'fine' })
})
afterEach(() => void vi.useRealTimers())

function createPlugin(
  options: Partial<SupervisedPluginOptions> = {},
  effects: string[] = [],
): SupervisedPlugin {
  return new SupervisedPlugin({
    descriptor: {
      name: 'one',
      commands: [],
      tools: [],
      schedules: [],
      patterns: [],
      updates: ['message'],
      priority: 0,
      answers: ['handle'],
    },
    async launch(events) {
      const fake: FakeProcess = {
        events,
        stopped: false,
        process: {
          inFlight: 0,
          ask: () => answer(),
          hasTimers: async () => false,
          stop: async () => (fake.stopped = true),
        } as unknown as PluginProcess,
      }
      processes.push(fake)
      return { process: fake.process, effects }
    },
    follow() {},
    sharePlugins() {},
    timeouts: { startSeconds: 1, statusSeconds: 1, cleanupSeconds: 1 },
    idleSeconds: 60,
    isIdempotent: false,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    random: () => 0.5,
    ...options,
  })
}

function say(plugin: SupervisedPlugin, message: string, context: MessageContext): Promise<unknown> {
  return plugin.ask('handle', { message, context }, context.signal)
}

function crash(): void {
  const last = processes.at(-1)
  last?.events.onCrash(last.process, new PluginCrashError('one', 'ended its own process (exit code 1)'))
}

test('a process starts at the first use and ends when it is unused', async () => {
  const plugin = createPlugin()
  expect(plugin.condition().state).toBe('idle')
  expect(await say(plugin, 'x', CONTEXT)).toEqual({ success: true, response: 'fine' })
  await Promise.all([say(plugin, 'x', CONTEXT), say(plugin, 'y', CONTEXT)])
  expect(processes).toHaveLength(1)
  expect(plugin.condition().state).toBe('running')
  await vi.advanceTimersByTimeAsync(61_000)
  expect(processes[0]?.stopped).toBe(true)
  expect(plugin.condition().state).toBe('idle')
  await say(plugin, 'x', CONTEXT)
  expect(processes).toHaveLength(2)
})

test('a plugin with effects is not ended when it is unused, and is restarted without being asked', async () => {
  const plugin = createPlugin({}, ['timer'])
  await say(plugin, 'x', CONTEXT)
  await vi.advanceTimersByTimeAsync(600_000)
  expect(processes).toHaveLength(1)
  expect(plugin.condition().state).toBe('running')
  crash()
  expect(plugin.condition()).toMatchObject({ state: 'restarting', crashes: 1 })
  await vi.advanceTimersByTimeAsync(300)
  expect(processes).toHaveLength(2)
  expect(plugin.condition().state).toBe('running')
})

test('a plugin that stops while its process starts gives the process back', async () => {
  let come = (_process: PluginProcess): void => {}
  const stop = vi.fn<() => Promise<boolean>>(async () => true)
  const plugin = createPlugin({
    launch: () => new Promise((resolve) => (come = (process) => resolve({ process, effects: [] }))),
  })
  const warming = plugin.warmUp()
  await vi.advanceTimersByTimeAsync(1)
  const stopping = plugin.stop()
  expect(stop).not.toHaveBeenCalled()
  come({ inFlight: 0, stop } as unknown as PluginProcess)
  await Promise.all([warming, stopping])
  expect(stop).toHaveBeenCalledTimes(1)
  expect(plugin.condition().state).not.toBe('running')
})

test('the third crash in five minutes parks it, until it is asked to start anew', async () => {
  const plugin = createPlugin()
  for (let time = 0; time < 3; time += 1) {
    const asked = say(plugin, 'x', CONTEXT)
    await vi.advanceTimersByTimeAsync(2_000)
    await asked
    crash()
  }
  expect(plugin.condition()).toMatchObject({
    state: 'parked',
    crashes: 3,
    problem: { code: 'plugin-crashed', message: expect.stringContaining('pluggram plugins restart one') },
  })
  expect(await say(plugin, 'anything', CONTEXT)).toBeUndefined()
  await expect(say(plugin, '/go', COMMAND)).rejects.toMatchObject({ code: 'plugin-crashed' })
  expect(processes).toHaveLength(3)
  await plugin.restart()
  expect(plugin.condition()).toMatchObject({ state: 'running', crashes: 0 })
  expect(await say(plugin, '/go', COMMAND)).toMatchObject({ success: true })
})

test('crashes that are far apart do not park it', async () => {
  const plugin = createPlugin()
  for (let time = 0; time < 6; time += 1) {
    await say(plugin, 'x', CONTEXT)
    crash()
    await vi.advanceTimersByTimeAsync(151_000)
  }
  expect(plugin.condition().state).toBe('idle')
})

test('a message is tried once more after a crash when the plugin says that it may be', async () => {
  let calls = 0
  answer = async () => {
    calls += 1
    if (calls > 1) return { success: true, response: 'second' }
    crash()
    throw new PluginCrashError('one', 'ended')
  }
  const asked = say(createPlugin({ isIdempotent: true }), 'x', CONTEXT)
  await vi.advanceTimersByTimeAsync(300)
  expect(await asked).toEqual({ success: true, response: 'second' })

  calls = 0
  await expect(say(createPlugin(), 'x', CONTEXT)).rejects.toMatchObject({ code: 'plugin-crashed' })
  expect(calls).toBe(1)
})

test('what comes after its end goes to its successor', async () => {
  const [old, next] = [createPlugin(), createPlugin()]
  await say(old, 'x', CONTEXT)
  old.successor = next
  await old.stop(1)
  expect(await say(old, 'late', CONTEXT)).toEqual({ success: true, response: 'fine' })
  await next.stop(1)
  await expect(say(old, 'too late', CONTEXT)).rejects.toThrow('was stopped')
})

test('a process whose plugin stops while it starts is ended, and what waited for it goes to the successor', async () => {
  const started = Promise.withResolvers<ReadyProcess>()
  const stop = vi.fn<PluginProcess['stop']>(async () => true)
  const ask = vi.fn<PluginProcess['ask']>()
  const old = createPlugin({ launch: () => started.promise })
  old.successor = createPlugin()
  const waiting = say(old, 'x', CONTEXT)
  const stopped = old.stop(1)
  started.resolve({ process: { inFlight: 0, ask, stop } as unknown as PluginProcess, effects: [] })
  expect(await waiting).toEqual({ success: true, response: 'fine' })
  expect(await stopped).toBe(true)
  expect(stop).toHaveBeenCalledTimes(1)
  expect(ask).not.toHaveBeenCalled()
})

test('a plugin that stops during the pause after a crash starts no process', async () => {
  const plugin = createPlugin()
  await say(plugin, 'x', CONTEXT)
  crash()
  const waiting = say(plugin, 'y', CONTEXT)
  const refused = waiting.catch((error: unknown) => error)
  const stopped = plugin.stop(1)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(await refused).toMatchObject({ code: 'plugin-not-found' })
  expect(await stopped).toBe(true)
  expect(processes).toHaveLength(1)
})

test('a stopped plugin without a successor starts no process for anybody', async () => {
  const plugin = createPlugin()
  await plugin.stop(1)
  const gone = { code: 'plugin-not-found' }
  await expect(plugin.ask('forget', { userId: 7 })).rejects.toMatchObject(gone)
  await expect(plugin.ask('provided', { method: 'm', args: [] })).rejects.toMatchObject(gone)
  await expect(plugin.ask('check-config', { block: {} })).rejects.toMatchObject(gone)
  expect(await plugin.ask('observe', {} as never)).toBeUndefined()
  expect(processes).toEqual([])
})

test('each kind of call is answered by its own rule while the plugin is idle or parked', async () => {
  const plugin = createPlugin()
  expect(await plugin.ask('status', undefined)).toEqual({ status: 'idle' })
  expect(await plugin.ask('reconfigure', { block: {} })).toBe('replace')
  expect(processes).toEqual([])
  for (let time = 0; time < 3; time += 1) {
    const asked = say(plugin, 'x', CONTEXT)
    await vi.advanceTimersByTimeAsync(2_000)
    await asked
    crash()
  }
  const parked = { code: 'plugin-crashed', isRetryable: false }
  await expect(plugin.ask('tool', {} as never)).rejects.toMatchObject(parked)
  await expect(plugin.ask('schedule', {} as never)).rejects.toMatchObject(parked)
  await expect(plugin.ask('forget', { userId: 7 })).rejects.toMatchObject(parked)
  await expect(plugin.ask('provided', {} as never)).rejects.toMatchObject(parked)
  expect(await plugin.ask('observe', {} as never)).toBeUndefined()
  expect(await plugin.ask('status', undefined)).toMatchObject({ status: 'parked', error: expect.any(String) })
  expect(processes).toHaveLength(3)
})
