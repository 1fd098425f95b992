import { POSTED_UPDATE_ID } from '@pluggram/sdk/runtime'
import type { MessageStore } from '@pluggram/sdk/runtime'
import { createMemoryMessageStore } from '@pluggram/testing'
import { unsent } from '@pluggram/testing/contracts'
import { afterEach, describe, expect, test } from 'vitest'
import { createRecordingMessenger, textUpdate } from './test-doubles.ts'
import { echo, endPipelines, start } from './test-pipeline.ts'

afterEach(endPipelines)

/** A promise that stays pending until it is released. */
function createGate(): { held: Promise<undefined>; release: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  return { held: promise, release: () => resolve(undefined) }
}

describe('messages that answer nothing', () => {
  const news = { plugin: 'feeds', chat: { id: 7, type: 'private' as const }, isBroadcast: false }

  test('are kept before they are sent, and tell what stands in the chat', async () => {
    const { pipeline, messenger } = start([])
    const { sent } = await pipeline.post({ ...news, replies: [{ text: 'one|two' }, { text: 'three' }] })
    expect((await sent).map(({ chatId }) => chatId)).toEqual([7, 7, 7])
    expect(messenger.delivered.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
  })

  test('a key is sent once, whether it comes again at once or later', async () => {
    const { pipeline, messenger } = start([])
    const request = { ...news, replies: [{ text: 'daily' }], key: '2026-11-22' }
    const both = await Promise.all([pipeline.post(request), pipeline.post(request)])
    const ids = (await Promise.all(both.map(({ sent }) => sent))).flat().map(({ id }) => id)
    const later = await (await pipeline.post(request)).sent
    expect(new Set([...ids, ...later.map(({ id }) => id)]).size).toBe(1)
    await (
      await pipeline.post({ ...request, plugin: 'other' })
    ).sent
    expect(messenger.delivered).toHaveLength(2)
  })

  test('what an earlier run left is sent once, though its sender names its key again', async () => {
    const store = createMemoryMessageStore()
    await store.addInterim(POSTED_UPDATE_ID, 'post:feeds:daily', [
      { chatId: 7, content: 'daily', policy: 'at-least-once' },
    ])
    const { pipeline, messenger } = start([], { store })
    const request = { ...news, replies: [{ text: 'daily' }], key: 'daily' }
    const early = await pipeline.post(request)
    await pipeline.resume()
    const late = await pipeline.post(request)
    await Promise.all([early.sent, late.sent])
    await pipeline.drain(1_000)
    expect(messenger.delivered.map(({ text }) => text)).toEqual(['daily'])
  })

  test('what is posted and sent while the start reads what is left is sent once', async () => {
    const memory = createMemoryMessageStore()
    const [sending, reading, read] = [createGate(), createGate(), createGate()]
    const store: MessageStore = {
      ...memory,
      async *unsent() {
        const left = await Array.fromAsync(memory.unsent())
        read.release()
        await reading.held
        yield* left
      },
    }
    const messenger = createRecordingMessenger(() => sending.held)
    const { pipeline } = start([], { store, messenger })
    const { sent } = await pipeline.post({ ...news, replies: [{ text: 'alarm' }] })
    const resumed = pipeline.resume()
    await read.held
    sending.release()
    await sent
    reading.release()
    await resumed
    await pipeline.drain(1_000)
    expect(messenger.delivered.map(({ text }) => text)).toEqual(['alarm'])
    expect(await unsent(memory)).toEqual([])
  })

  test('a broadcast that waits holds up no answer of its chat', async () => {
    const { held, release } = createGate()
    const messenger = createRecordingMessenger((text) => (text === 'news' ? held : undefined))
    const { pipeline } = start([echo], { messenger })
    const { sent } = await pipeline.post({ ...news, isBroadcast: true, replies: [{ text: 'news' }] })
    sent.catch(() => {})
    await pipeline.accept([textUpdate('hi')])
    await expect.poll(() => messenger.delivered.map(({ text }) => text)).toEqual(['echo hi'])
    release()
    await sent
    expect(messenger.delivered.map(({ text }) => text)).toEqual(['echo hi', 'news'])
  })

  test('broadcasts that wait at the end stay for the next start', async () => {
    const { held, release } = createGate()
    const messenger = createRecordingMessenger((text) => (text === 'first' ? held : undefined))
    const { pipeline, store } = start([], { messenger })
    const broadcast = { ...news, isBroadcast: true }
    const first = await pipeline.post({ ...broadcast, replies: [{ text: 'first' }] })
    const second = await pipeline.post({ ...broadcast, replies: [{ text: 'second' }] })
    const drained = pipeline.drain(1_000)
    release()
    await first.sent
    await expect(second.sent).rejects.toMatchObject({ code: 'delivery-failed' })
    expect(await drained).toEqual({ left: 1 })
    expect((await unsent(store)).map(({ content }) => content)).toEqual(['second'])
  })

  test('a plugin that floods is refused, and may go on when its messages are sent', async () => {
    const { held, release } = createGate()
    const { pipeline } = start([], { messenger: createRecordingMessenger(() => held) })
    const many = { ...news, replies: Array.from({ length: 4_999 }, () => ({ text: 'x' })) }
    const { sent } = await pipeline.post(many)
    const last = await pipeline.post({ ...news, replies: [{ text: 'last' }] })
    await expect(pipeline.post({ ...news, replies: [{ text: 'more' }] })).rejects.toMatchObject({
      code: 'delivery-limit',
    })
    await pipeline.post({ ...news, plugin: 'other', replies: [{ text: 'not its fault' }] })
    release()
    await Promise.all([sent, last.sent])
    await (
      await pipeline.post({ ...news, replies: [{ text: 'more' }] })
    ).sent
  })

  test('presses of its buttons come back to the plugin', async () => {
    const planned: unknown[] = []
    const messenger = createRecordingMessenger()
    const { format } = messenger
    messenger.format = (chat, reply) => {
      planned.push(reply.buttons)
      return format(chat, reply)
    }
    const { pipeline } = start([], { messenger })
    await pipeline.post({ ...news, replies: [{ text: 'x', buttons: [[{ text: 'Go', data: 'go' }]] }] })
    expect(planned).toEqual([[[{ text: 'Go', data: expect.stringMatching(/^s[\w-]{20}go$/) }]]])
  })
})
