import type { IncomingMessage } from '@pluggram/sdk'
import type { IncomingUpdate, MessageStore } from '@pluggram/sdk/runtime'
import { createMemoryMessageStore } from '@pluggram/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Albums } from './albums.ts'
import { textUpdate } from './test-doubles.ts'

/** A little more than the time after which an album counts as complete. */
const QUIET_MS = 1_210

let store: MessageStore
let albums: Albums

beforeEach(() => {
  vi.useFakeTimers()
  store = createMemoryMessageStore()
  albums = new Albums({
    waiting: (id) => store.waiting(id),
    merge: (whole, ids) => store.merge(whole, ids),
    reword: () => undefined,
  })
})
afterEach(() => void vi.useRealTimers())

const photo = (fileId: string) => ({ kind: 'photo', fileId, width: 1, height: 1 }) as const

function part(updateId: number, more: Partial<IncomingMessage> = {}, album = 'one'): IncomingUpdate {
  const update = textUpdate(more.text ?? '', { updateId, group: true })
  const message = {
    ...update.message,
    id: updateId,
    attachments: [photo(`file ${updateId}`)],
    isAddressed: false,
  }
  return { ...update, album, message: { ...message, ...more } }
}

async function arrive(updates: readonly IncomingUpdate[], isLeft = false): Promise<IncomingUpdate[]> {
  await store.accept(updates)
  return updates.filter((update) => albums.add(update, isLeft))
}

const unfinished = async (): Promise<IncomingUpdate[]> =>
  (await Array.fromAsync(store.unfinished())).flat().map(({ update }) => update)

test('waits until no part came for a while, longer after a start, and not at all behind a busy lane', async () => {
  const [first] = await arrive([part(1)])
  const whole = albums.gather(first!)
  for (const id of [2, 3, 4]) {
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await arrive([part(id)])).toEqual([])
  }
  await vi.advanceTimersByTimeAsync(QUIET_MS)
  expect((await whole)?.message.parts).toEqual([1, 2, 3, 4])
  expect(await unfinished()).toEqual([await whole])

  const [left] = await arrive([part(11, {}, 'left'), part(12, {}, 'left')], true)
  const resumed = albums.gather(left!)
  await vi.advanceTimersByTimeAsync(4_000)
  await arrive([part(13, {}, 'left')])
  await vi.advanceTimersByTimeAsync(QUIET_MS)
  expect((await resumed)?.message.parts).toEqual([11, 12, 13])

  const [late] = await arrive([part(21, {}, 'busy')])
  await vi.advanceTimersByTimeAsync(60_000)
  await arrive([part(22, {}, 'busy')])
  await vi.advanceTimersByTimeAsync(QUIET_MS)
  expect((await albums.gather(late!))?.message.parts).toEqual([21, 22])
  expect(vi.getTimerCount()).toBe(0)
})

test('ten parts are an album; an eleventh, another chat, person or topic begins another', async () => {
  const ten = Array.from({ length: 10 }, (_, index) => part(index + 1))
  expect(await arrive([...ten, part(11), part(12)])).toEqual([part(1), part(11)])
  expect((await albums.gather(part(1)))?.message.attachments).toHaveLength(10)
  const others = [
    { ...part(13), chat: { ...part(13).chat, id: -9 } },
    { ...part(14), chat: { ...part(14).chat, topicId: 3 } },
    { ...part(15), user: { ...part(15).user, id: 8 } },
  ]
  expect(await arrive(others)).toEqual(others)
})

test('has the words, files and marks of all its parts, in the order of the messages', async () => {
  const bold = { type: 'bold', offset: 0, length: 2 }
  const quote = { from: 'a quote', text: 'words of Eve' }
  await arrive([
    part(5, { id: 52, text: 'it rains', entities: [bold], carried: [quote] }),
    part(6, { id: 51, text: '/look up', entities: [bold], isAddressed: true }),
    part(7, { id: 53, origin: 'forwarded, from Eve', carried: [quote] }),
    part(8, { id: 54, replyTo: { id: 9, text: 'what?', fromBot: true } }),
  ])
  await vi.advanceTimersByTimeAsync(QUIET_MS)
  const whole = await albums.gather(part(5))
  expect(whole?.updateId).toBe(5)
  expect(whole).not.toHaveProperty('album')
  // what comes from elsewhere is no command
  expect(whole).not.toHaveProperty('command')
  expect(whole?.message).toMatchObject({
    id: 51,
    text: '/look up\n\nit rains',
    entities: [bold, { ...bold, offset: 10 }],
    isAddressed: true,
    origin: 'forwarded, from Eve',
    carried: [quote],
    replyTo: { id: 9 },
    parts: [51, 52, 53, 54],
  })
  expect(whole?.message.attachments).toEqual(['file 6', 'file 5', 'file 7', 'file 8'].map(photo))

  await arrive([part(11, {}, 'two'), part(12, { text: '/file now' }, 'two')])
  await vi.advanceTimersByTimeAsync(QUIET_MS)
  expect(await albums.gather(part(11, {}, 'two'))).toMatchObject({ command: { name: 'file', args: 'now' } })
})

test('at a stop an open album stays on disk, and a complete one is answered', async () => {
  await arrive([part(1, {}, 'complete')])
  await vi.advanceTimersByTimeAsync(QUIET_MS)
  await arrive([part(2)])
  const open = albums.gather(part(2))
  albums.close()
  expect(await open).toBeUndefined()
  expect((await albums.gather(part(1, {}, 'complete')))?.message.parts).toEqual([1])
  expect((await unfinished()).map(({ album }) => album)).toEqual([undefined, 'one'])
})

test('an album that is unknown, as after a replay, is what is on disk of it', async () => {
  await store.accept([part(1)])
  expect((await albums.gather(part(1)))?.message.parts).toEqual([1])
})
