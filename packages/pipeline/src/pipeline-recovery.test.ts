import { unsent } from '@pluggram/testing/contracts'
import { setTimeout as sleep } from 'node:timers/promises'
import { DeliveryError } from '@pluggram/sdk'
import type { MessageStore } from '@pluggram/sdk/runtime'
import { createMemoryMessageStore } from '@pluggram/testing'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createRecordingMessenger, textUpdate } from './test-doubles.ts'
import type { FakePlugin } from './test-doubles.ts'
import { echo, endPipelines, say, start } from './test-pipeline.ts'

afterEach(async () => {
  vi.useRealTimers()
  await endPipelines()
})

describe('what survives the end of the program', () => {
  const stops: FakePlugin = {
    name: 'stops',
    handle: (_text, { signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  }

  test('a drain that takes too long leaves the rest for the next start', async () => {
    const first = start([stops])
    await first.pipeline.accept([textUpdate('a'), textUpdate('b')])
    expect(await first.pipeline.drain(30)).toEqual({ left: 2 })
    expect(first.messenger.delivered).toEqual([])
    const second = start([echo], { store: first.store })
    await second.pipeline.resume()
    expect(await second.texts()).toEqual(['echo a', 'echo b'])
  })

  test('parts that were not sent go out first, in order; the one in flight goes out again', async () => {
    let isDown = false
    const messenger = createRecordingMessenger(async (text) => {
      if (text === 'two') isDown = true
      if (isDown) await new Promise(() => {})
      return undefined
    })
    const first = start([{ name: 'long', handle: () => say('one|two|three') }], { messenger })
    await first.pipeline.accept([textUpdate('hi')])
    await expect.poll(() => isDown).toBe(true)
    expect(await first.pipeline.drain(50)).toEqual({ left: 2 })
    expect(messenger.delivered.map((item) => item.text)).toEqual(['one'])
    const second = start([echo], { store: first.store })
    await second.pipeline.resume()
    expect(await second.texts(textUpdate('next'))).toEqual(['two', 'three', 'echo next'])
  })

  test('an update that was under way at the end waits until messages of others are out', async () => {
    const store = createMemoryMessageStore()
    await store.accept([textUpdate('first', { updateId: 1, chatId: 1 }), textUpdate('die', { updateId: 2 })])
    await store.finish(1, [{ chatId: 1, content: 'of another', policy: 'at-least-once' }])
    await store.begin(2)
    const messenger = createRecordingMessenger(async () => {
      await sleep(30)
      return undefined
    })
    let before: readonly unknown[] = []
    const notes: FakePlugin = {
      name: 'notes',
      handle: async () => (
        (before = [(await unsent(store)).length, messenger.delivered.length]),
        say('survived')
      ),
    }
    const { pipeline, texts } = start([notes], { store, messenger })
    await pipeline.resume()
    expect(await texts()).toEqual(['of another', 'survived'])
    expect(before).toEqual([0, 1])
  })

  test('an at-most-once part that was in flight is not sent again, and counted', async () => {
    const messenger = createRecordingMessenger(() => new Promise(() => {}))
    const once: FakePlugin = {
      name: 'once',
      handle: () => ({ success: true, response: { text: 'pay', delivery: 'at-most-once' } }),
    }
    const first = start([once], { messenger })
    await first.pipeline.accept([textUpdate('hi')])
    await first.pipeline.drain(50)
    const second = start([echo], { store: first.store })
    await second.pipeline.resume()
    expect(await second.texts()).toEqual([])
    expect(second.pipeline.stats()).toMatchObject({ ambiguous: 1, unsent: 0 })
  })

  test('an interim reply is not repeated when its update is tried again', async () => {
    let tries = 0
    const twice: FakePlugin = {
      name: 'twice',
      async handle(_text, context) {
        tries += 1
        const [sent] = await context.reply('working')
        if (tries === 1)
          await new Promise((_, reject) =>
            context.signal.addEventListener('abort', () => reject(context.signal.reason)),
          )
        return say(`done, after message ${sent?.id}, try ${context.attempt}`)
      },
    }
    const first = start([twice])
    await first.pipeline.accept([textUpdate('hi')])
    await expect.poll(() => first.messenger.delivered.map((item) => item.text)).toEqual(['working'])
    await first.pipeline.drain(50)
    const second = start([twice], { store: first.store })
    await second.pipeline.resume()
    expect(await second.texts()).toEqual(['done, after message 1, try 2'])
  })

  test('an update that was under way at three ends is parked, seen and replayed', async () => {
    const store = createMemoryMessageStore()
    await store.accept([textUpdate('poison', { updateId: 42 })])
    for (let end = 0; end < 3; end += 1) await store.begin(42)
    const { pipeline, messenger } = start([echo], { store })
    await pipeline.resume()
    await expect.poll(() => pipeline.stats()).toMatchObject({ parked: 1 })
    expect(messenger.delivered).toEqual([])
    expect(await store.parked()).toMatchObject([{ update: { updateId: 42 }, tries: 3 }])
    expect(await pipeline.replay(42)).toBe(true)
    expect(await pipeline.replay(43)).toBe(false)
    await pipeline.drain(1_000)
    expect(messenger.delivered.map((item) => item.text)).toEqual(['echo poison'])
  })

  test('updates that were under way together at several ends are tried one by one, not parked together', async () => {
    const store = createMemoryMessageStore()
    const ids = [1, 2, 3]
    await store.accept(ids.map((id) => textUpdate(`m${id}`, { updateId: id, chatId: id })))
    for (let end = 0; end < 3; end += 1) for (const id of ids) await store.begin(id)
    let atOnce = 0
    let most = 0
    const slow: FakePlugin = {
      name: 'slow',
      async handle(text) {
        most = Math.max(most, ++atOnce)
        await sleep(5)
        atOnce -= 1
        return say(text)
      },
    }
    const { pipeline, texts } = start([slow], { store })
    await pipeline.resume()
    expect(await texts()).toEqual(['m1', 'm2', 'm3'])
    expect(most).toBe(1)
    expect(await store.parked()).toEqual([])
  })

  test('an update that ends the program also when it is tried alone is parked beside others', async () => {
    const store = createMemoryMessageStore()
    await store.accept([
      textUpdate('poison', { updateId: 1 }),
      textUpdate('other', { updateId: 2, chatId: 2 }),
    ])
    for (let end = 0; end < 5; end += 1) await store.begin(1)
    await store.begin(2)
    const { pipeline, texts } = start([echo], { store })
    await pipeline.resume()
    expect(await texts()).toEqual(['echo other'])
    expect(await store.parked()).toMatchObject([{ update: { updateId: 1 } }])
  })

  test('what the disk does not take is not acknowledged; an answer waits until it does', async () => {
    const store = createMemoryMessageStore()
    let isFull = true
    const full: MessageStore = {
      ...store,
      accept: (updates) => (isFull ? Promise.reject(new Error('disk full')) : store.accept(updates)),
      finish: (id, parts) => (isFull ? Promise.reject(new Error('disk full')) : store.finish(id, parts)),
    }
    const { pipeline, texts } = start(
      [{ name: 'fills', handle: (text) => ((isFull = text === 'b'), say(text)) }],
      { store: full },
    )
    await expect(pipeline.accept([textUpdate('a')])).rejects.toThrow('disk full')
    isFull = false
    setTimeout(() => (isFull = false), 300)
    expect(await texts(textUpdate('b'))).toEqual(['b'])
  })
})

test('of several edits of one message that wait, the newest is sent', async () => {
  const messenger = createRecordingMessenger(async () => {
    await sleep(60)
    return undefined
  })
  messenger.supersedes = (newer, older) =>
    String(newer.content).startsWith('edit') && String(older.content).startsWith('edit')
  const edits: FakePlugin = {
    name: 'edits',
    async handle(_text, context) {
      const sending = ['first', 'edit 1', 'edit 2', 'edit 3'].map((text) => context.reply(text))
      const sent = await Promise.all(sending)
      return say(`ids ${sent.map(([message]) => message?.id).join()}`)
    },
  }
  const { texts, store } = start([edits], { messenger })
  expect(await texts(textUpdate('go'))).toEqual(['first', 'edit 3', 'ids 1,2,2,2'])
  expect(await unsent(store)).toEqual([])
})

test('a message that Telegram cannot take now is tried until it can, and holds up only its chat', async () => {
  let failures = 2
  const messenger = createRecordingMessenger((text) =>
    text === 'echo later' && failures-- > 0
      ? new DeliveryError('delivery-failed', 'Telegram is down.', { isRetryable: true })
      : undefined,
  )
  const { texts } = start([echo], { messenger })
  expect(
    await texts(
      textUpdate('later', { chatId: 1 }),
      textUpdate('behind', { chatId: 1 }),
      textUpdate('other', { chatId: 2 }),
    ),
  ).toEqual(['echo other', 'echo later', 'echo behind'])
})

test('a clock that is set a year on gives up no message', async () => {
  let failures = 1
  const messenger = createRecordingMessenger(() => {
    if (failures-- <= 0) return undefined
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 365 * 24 * 60 * 60 * 1_000 })
    return new DeliveryError('delivery-failed', 'Telegram is down.', { isRetryable: true })
  })
  const { texts } = start([echo], { messenger })
  expect(await texts(textUpdate('hi'))).toEqual(['echo hi'])
})

describe('a chat with more messages than are kept in memory', () => {
  const flood = Array.from({ length: 400 }, (_, index) => `m${index}`)

  test('is answered in order, each message once, and a message elsewhere does not wait for it', async () => {
    const { texts } = start([echo])
    const answers = await texts(
      ...flood.map((text) => textUpdate(text, { chatId: 1 })),
      textUpdate('calm', { chatId: 2 }),
    )
    expect(answers.filter((text) => text !== 'echo calm')).toEqual(flood.map((text) => `echo ${text}`))
    expect(answers.indexOf('echo calm')).toBeLessThan(5)
  })

  test('goes on with all of it after the end of the program', async () => {
    const store = createMemoryMessageStore()
    const hangs: FakePlugin = {
      name: 'hangs',
      handle: (_text, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('stopped')))
        }),
    }
    const first = start([hangs], { store })
    await first.pipeline.accept(flood.map((text) => textUpdate(text, { chatId: 1 })))
    expect(await first.pipeline.drain(0)).toEqual({ left: flood.length })
    const second = start([echo], { store })
    await second.pipeline.resume()
    expect(await second.texts()).toEqual(flood.map((text) => `echo ${text}`))
  })
})
