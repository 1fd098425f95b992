import { unsent } from '@pluggram/testing/contracts'
import { setImmediate } from 'node:timers/promises'
import type { OutgoingMessage } from '@pluggram/sdk/runtime'
import { createMemoryMessageStore } from '@pluggram/testing'
import { describe, expect, test } from 'vitest'
import { createOutbox } from './outbox.ts'
import { startSender } from './sender.ts'
import { createRecordingMessenger, silentLogger } from './test-doubles.ts'

const message = (content: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  chatId: 7,
  content,
  policy: 'at-least-once',
  ...more,
})

function create() {
  const store = createMemoryMessageStore()
  const messenger = createRecordingMessenger()
  const outbox = createOutbox({ store, logger: silentLogger })
  const start = (): void => startSender({ outbox, store, transport: messenger, logger: silentLogger })
  return { store, messenger, outbox, start, texts: () => messenger.delivered.map(({ text }) => text) }
}

describe('an outbox without a sender', () => {
  test('keeps what is added on disk, and a sender sends it in order', async () => {
    const { store, outbox, start, texts } = create()
    const early = await outbox.add([message('one'), message('two')])
    const news = await outbox.add([message('news', { isBroadcast: true })])
    await setImmediate()
    expect(texts()).toEqual([])
    expect(outbox.size).toBe(3)
    expect((await unsent(store)).map(({ content }) => content)).toEqual(['one', 'two', 'news'])
    start()
    const late = await outbox.add([message('three')])
    const sent = await Promise.all([...early, ...late, ...news])
    expect(sent.map(({ chatId }) => chatId)).toEqual([7, 7, 7, 7])
    expect(texts().filter((text) => text !== 'news')).toEqual(['one', 'two', 'three'])
    expect(texts()).toContain('news')
    expect([outbox.size, await unsent(store)]).toEqual([0, []])
  })

  test('adds a message with a key once, before and after it was sent', async () => {
    const { outbox, start, texts } = create()
    const make = (): OutgoingMessage[] => [message('daily')]
    const [first] = await outbox.addOnce(-1, 'daily', make)
    const [second] = await outbox.addOnce(-1, 'daily', make)
    start()
    expect(await first).toEqual(await second)
    const [third] = await outbox.addOnce(-1, 'daily', make)
    expect(await third).toEqual(await first)
    expect(texts()).toEqual(['daily'])
  })

  test('keeps what is added while the disk is full as soon as there is space', async () => {
    const { store, messenger } = create()
    const failing = <Given extends unknown[], Result>(work: (...given: Given) => Promise<Result>) => {
      let failures = 1
      return (...given: Given) => (failures-- > 0 ? Promise.reject(new Error('disk full')) : work(...given))
    }
    const full = { ...store, post: failing(store.post), addInterim: failing(store.addInterim) }
    const outbox = createOutbox({ store: full, logger: silentLogger })
    startSender({ outbox, store, transport: messenger, logger: silentLogger })
    const adding = [outbox.add([message('news')]), outbox.addOnce(1, 'dice:1', () => [message('interim')])]
    for (const sending of await Promise.all(adding)) await Promise.all(sending)
    expect(messenger.delivered.map(({ text }) => text).toSorted()).toEqual(['interim', 'news'])
  })

  test('leaves for the next start what was added and never sent', async () => {
    const { store, outbox, start, texts } = create()
    const [sending] = await outbox.add([message('later')])
    sending?.catch(() => {})
    outbox.close()
    expect(await unsent(store)).toHaveLength(1)
    const next = createOutbox({ store, logger: silentLogger })
    start()
    expect(next.size).toBe(0)
    expect(texts()).toEqual([])
  })
})
