import { createMemoryMessageStore } from '@pluggram/testing'
import type { PendingPlugin, PluginRegistry } from '@pluggram/sdk/runtime'
import { afterEach, expect, test } from 'vitest'
import { createRecordingMessenger, createRegistry, pressUpdate, textUpdate } from './test-doubles.ts'
import type { FakePlugin } from './test-doubles.ts'
import { endPipelines, startPipeline } from './test-pipeline.ts'

afterEach(endPipelines)

const saying = (name: string, more: Partial<FakePlugin> = {}): FakePlugin => ({
  name,
  handle: (message) => ({ success: true, response: `${name}: ${message}` }),
  ...more,
})

/** A pipeline with running plugins and one that is still starting. */
function start(there: readonly FakePlugin[], late: FakePlugin, isKnown = false) {
  const messenger = createRecordingMessenger()
  const all = createRegistry(...[...there, late].toSorted((a, b) => (b.priority ?? 0) - (a.priority ?? 0)))
  const listeners = new Set<() => void>()
  const { promise, resolve } = Promise.withResolvers<void>()
  const descriptor = all.plugins().find((plugin) => plugin.descriptor.name === late.name)?.descriptor
  let listed = createRegistry(...there).plugins()
  let pending: readonly PendingPlugin[] = [
    { name: late.name, settled: promise, ...(isKnown && descriptor && { descriptor }) },
  ]
  const registry: PluginRegistry = {
    plugins: () => listed,
    ownerOf: (command) => createRegistry(...there, late).ownerOf(command),
    get pending() {
      return pending
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  const pipeline = startPipeline({ registry, messenger, store: createMemoryMessageStore() })
  return {
    messenger,
    texts: () => messenger.delivered.map(({ text }) => text),
    accept: pipeline.accept.bind(pipeline),
    /** Ends the plugin's start, successfully or not. */
    settle(hasStarted: boolean) {
      if (hasStarted) listed = all.plugins()
      pending = []
      for (const listener of listeners) listener()
      resolve()
    },
    drain: (milliseconds = 4_000) => pipeline.drain(milliseconds),
  }
}

const last = saying('last', { priority: -1_000 })
const LATE = saying('late', { commands: ['go'] })

test('a text that only the last plugin would take waits for one that starts, which then comes first', async () => {
  const { accept, settle, drain, texts } = start([last], saying('late', { priority: 0 }))
  await accept([textUpdate('hi')])
  await new Promise(setImmediate)
  expect(texts()).toEqual([])
  settle(true)
  await drain()
  expect(texts()).toEqual(['late: hi'])
})

test('when it cannot be started, the last plugin answers', async () => {
  const { accept, settle, drain, texts } = start([last], LATE)
  await accept([textUpdate('hi'), textUpdate('/go')])
  settle(false)
  await drain()
  expect(texts()).toEqual(['last: hi', 'last: /go'])
})

test('texts and commands of plugins that are there do not wait', async () => {
  const { accept, drain, texts } = start([saying('first', { commands: ['first'] }), last], LATE)
  await accept([textUpdate('hi'), textUpdate('/first')])
  await drain()
  expect(texts()).toEqual(['first: hi', 'first: /first'])
})

test('a command of nobody waits, also before plugins that would take it as a text', async () => {
  const { accept, settle, drain, texts } = start([saying('first'), last], LATE)
  await accept([textUpdate('/go')])
  await new Promise(setImmediate)
  expect(texts()).toEqual([])
  settle(true)
  await drain()
  expect(texts()).toEqual(['late: /go'])
})

test('what is known of a plugin decides what waits for it', async () => {
  const silent = saying('late', { commands: ['go'], answersMessages: false })
  const { accept, settle, drain, texts } = start([last], silent, true)
  await accept([textUpdate('hi', { chatId: 1 }), textUpdate('/other', { chatId: 2 })])
  await expect.poll(texts).toEqual(['last: hi', 'last: /other'])
  await accept([textUpdate('/go', { chatId: 3 })])
  await new Promise(setImmediate)
  expect(texts()).toHaveLength(2)
  settle(true)
  await drain()
  expect(texts().at(-1)).toBe('late: /go')
})

test('a press of a button waits for its own plugin, and is not said to belong to nobody', async () => {
  const { accept, settle, drain, texts, messenger } = start([last], LATE)
  await accept([pressUpdate('late', 'more')])
  await new Promise(setImmediate)
  expect(texts()).toEqual([])
  expect(messenger.callbacks).toMatchObject([{ text: undefined }])
  settle(true)
  await drain()
  expect(texts()).toEqual(['late: more'])
})

test('whoever waits does not keep the assistant from stopping', async () => {
  const { accept, drain } = start([last], LATE)
  await accept([textUpdate('hi')])
  const before = performance.now()
  await drain(50)
  await drain()
  expect(performance.now() - before).toBeLessThan(30_000)
})
