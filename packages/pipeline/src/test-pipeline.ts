import type { PluginResult } from '@pluggram/sdk'
import type { AccessControl, MessageStore } from '@pluggram/sdk/runtime'
import { createMemoryMessageStore } from '@pluggram/testing'
import { createPipeline } from './pipeline.ts'
import type { Pipeline } from './pipeline.ts'
import { createRecordingMessenger, createRegistry, silentLogger } from './test-doubles.ts'
import type { FakePlugin, RecordingMessenger } from './test-doubles.ts'

export const UNANSWERED = 'Nobody answered.'
const running: Pipeline[] = []

export interface TestPipeline {
  readonly pipeline: Pipeline
  readonly messenger: RecordingMessenger
  readonly store: MessageStore
  /** Takes updates in, works them off, and gives everything that was delivered. */
  texts(...updates: Parameters<Pipeline['accept']>[0]): Promise<string[]>
}

/** A pipeline with plugins, in memory unless told otherwise. */
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
  const pipeline = createPipeline({
    registry: createRegistry(...plugins),
    messenger,
    store,
    logger: silentLogger,
    concurrentChats: 8,
    pluginTimeoutMs: options.timeoutMs ?? 5_000,
    unansweredReply: UNANSWERED,
    ...(options.access && { access: options.access }),
  })
  running.push(pipeline)
  async function texts(...updates: Parameters<Pipeline['accept']>[0]): Promise<string[]> {
    await pipeline.accept(updates)
    await pipeline.drain(4_000)
    return messenger.delivered.map((item) => item.text)
  }
  return { pipeline, messenger, store, texts }
}

/** Ends what a test started. */
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
