import { expect, test } from 'vitest'
import type { Logger, ObservedMessage } from '@pluggram/sdk'
import { askHandlers } from '@pluggram/sdk/runtime'
import type { PluginRegistry, RunnablePlugin } from '@pluggram/sdk/runtime'
import { Observers } from './observers.ts'

/** One observer, whose work on each message the test controls. */
function bench(observe: (event: ObservedMessage) => Promise<void>, capacity?: number) {
  const plugin = {
    descriptor: { name: 'watcher', answers: ['observe'] },
    ask: askHandlers('watcher', { observe }),
  } as unknown as RunnablePlugin
  const registry: PluginRegistry = {
    plugins: () => [plugin],
    ownerOf: () => undefined,
    onChange: () => () => {},
  }
  const warnings: (readonly [string, unknown])[] = []
  const logger = {
    warn: (message: string, context: unknown) => warnings.push([message, context]),
  } as unknown as Logger
  const observers = new Observers({ registry, logger, ...(capacity !== undefined && { capacity }) })
  return { observers, warnings }
}

function event(seconds: number): ObservedMessage {
  return { seconds } as unknown as ObservedMessage
}

test('an observer that is too slow misses what does not fit, is told of the rest in order, and the log says so', async () => {
  const first = Promise.withResolvers<void>()
  const done = Promise.withResolvers<void>()
  const seen: number[] = []
  const { observers, warnings } = bench(async ({ seconds }) => {
    seen.push(seconds)
    if (seconds === 0) await first.promise
    if (seconds === 1_000) done.resolve()
  })
  for (let index = 0; index < 1_100; index += 1) observers.tell(event(index))
  first.resolve()
  await done.promise
  await expect.poll(() => warnings).toHaveLength(1)
  expect(seen).toEqual(Array.from({ length: 1_001 }, (_, index) => index))
  expect(warnings).toEqual([
    ['an observer was too slow and missed messages', { plugin: 'watcher', missed: 99 }],
  ])
})

test('an observer that throws is told of the next message all the same', async () => {
  const seen: number[] = []
  const { observers, warnings } = bench(async ({ seconds }) => {
    seen.push(seconds)
    throw new Error('no luck')
  })
  observers.tell(event(1))
  observers.tell(event(2))
  await expect.poll(() => seen).toEqual([1, 2])
  await expect.poll(() => warnings.map(([message]) => message)).toEqual(Array(2).fill('an observer failed'))
})
