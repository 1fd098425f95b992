import type { PluginResult } from '@pluggram/sdk'
import type { AccessControl, MessageStore, PluginRegistry, PostOffice } from '@pluggram/sdk/runtime'
import { createMemoryMessageStore } from '@pluggram/testing'
import { createOutbox } from './outbox.ts'
import { createPipeline } from './pipeline.ts'
import type { Pipeline } from './pipeline.ts'
import { createPostOffice } from './post-office.ts'
import { startSender } from './sender.ts'
import { createReplyGuard } from './reply-writer.ts'
import { createRecordingMessenger, createRegistry, createTestButtons, silentLogger } from './test-doubles.ts'
import type { FakePlugin, RecordingMessenger } from './test-doubles.ts'

export const UNANSWERED = 'Nobody answered.'
const running: Pipeline[] = []

export interface TestPipeline {
  readonly pipeline: Pipeline & PostOffice
  readonly messenger: RecordingMessenger
  readonly store: MessageStore
  /**
   * Accepts updates, waits until they are processed, and returns everything that was delivered.
   */
  texts(...updates: Parameters<Pipeline['accept']>[0]): Promise<string[]>
}

/** A pipeline with its outbox, its sender and a post office. */
export function startPipeline(options: {
  registry: PluginRegistry
  messenger: RecordingMessenger
  store: MessageStore
  timeoutMs?: number
  access?: AccessControl
}): Pipeline & PostOffice {
  const { registry, messenger, store, access } = options
  const buttons = createTestButtons()
  const guard = createReplyGuard(buttons, store)
  const shared = { store, format: messenger.format, logger: silentLogger }
  const outbox = createOutbox(shared)
  const pipeline = createPipeline({
    ...shared,
    registry,
    outbox,
    buttons,
    actions: messenger,
    concurrentChats: 8,
    pluginTimeoutMs: options.timeoutMs ?? 5_000,
    unansweredReply: UNANSWERED,
    ...(access && { access }),
  })
  startSender({ ...shared, outbox, transport: messenger })
  running.push(pipeline)
  return {
    ...createPostOffice({ ...shared, outbox, guard }),
    resume: () => pipeline.resume(),
    accept: (updates) => pipeline.accept(updates),
    replay: (updateId) => pipeline.replay(updateId),
    isFull: () => pipeline.isFull(),
    stats: () => pipeline.stats(),
    drain: (milliseconds) => pipeline.drain(milliseconds),
  }
}

/** A pipeline with plugins, in memory by default. */
export function start(
  plugins: FakePlugin[],
  options: {
    timeoutMs?: number
    messenger?: RecordingMessenger
    store?: MessageStore
    access?: AccessControl
  } = {},
): TestPipeline {
  const messenger = options.messenger ?? createRecordingMessenger()
  const store = options.store ?? createMemoryMessageStore()
  const registry = createRegistry(...plugins)
  const pipeline = startPipeline({ ...options, registry, messenger, store })
  async function texts(...updates: Parameters<Pipeline['accept']>[0]): Promise<string[]> {
    await pipeline.accept(updates)
    await pipeline.drain(4_000)
    return messenger.delivered.map((item) => item.text)
  }
  return { pipeline, messenger, store, texts }
}

/** Stops the pipelines that a test started. */
export async function endPipelines(): Promise<void> {
  for (const pipeline of running.splice(0)) await pipeline.drain(0)
}

export const say = (response: string): PluginResult => ({ success: true, response })
export const echo: FakePlugin = { name: 'echo', handle: (message) => say(`echo ${message}`) }
export const passes: FakePlugin = { name: 'passes', handle: () => undefined }
export const throws: FakePlugin = {
  name: 'throws',
  handle() {
    throw new Error('secret-12345')
  },
}
