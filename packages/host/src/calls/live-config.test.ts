import { expect, test } from 'vitest'
import { z } from '@pluggram/sdk'
import { LiveConfig } from './live-config.ts'
import type { JsonObject } from '../json-types.ts'
import type { ConfigIssue } from '@pluggram/sdk/runtime'

const schema = z.object({ word: z.string().min(2), size: z.int().default(1), hidden: z.string().default('') })

function create(chats: Record<number, JsonObject>, block: JsonObject = { word: 'all' }) {
  const unfit: (readonly ConfigIssue[])[] = []
  const errors: unknown[] = []
  const live = new LiveConfig({
    schema,
    perChat: ['word', 'size'],
    block,
    config: schema.parse(block),
    chatBlock: (chatId) => chats[chatId],
    onError: (error) => errors.push(error),
    onUnfit: (issues) => unfit.push(issues),
  })
  return { live, unfit, errors }
}

test('what is set for a chat stands over the general block, and only keys that may be', async () => {
  const { live } = create({ 5: { word: 'five', hidden: 'mine' } })
  expect((await live.inChat(5)).config).toEqual({ word: 'five', size: 1, hidden: '' })
  expect((await live.inChat(6)).config).toEqual({ word: 'all', size: 1, hidden: '' })
  expect(await live.service.forChat(5)).toEqual({ word: 'five', size: 1, hidden: '' })
  expect(live.service.get()).toEqual({ word: 'all', size: 1, hidden: '' })
})

test('it is checked once, and known at once from then on', async () => {
  const { live } = create({ 5: { word: 'five' } })
  const first = await live.inChat(5)
  expect(live.inChat(5)).toBe(first)
  expect(Object.isFrozen(first.config)).toBe(true)
})

test('what does not fit any more is told once, and the general block holds', async () => {
  const { live, unfit } = create({ 5: { word: 'x' } })
  expect((await live.inChat(5)).config).toMatchObject({ word: 'all' })
  expect((await live.inChat(5)).config).toMatchObject({ word: 'all' })
  expect(unfit).toMatchObject([[{ path: ['word'], isMissing: false }]])
})

test('a new block reaches listeners and chats; a refused one changes nothing', async () => {
  const { live, errors } = create({ 5: { word: 'five' } })
  const heard: unknown[] = []
  live.service.onChange((config) => heard.push(config))
  live.service.onChange(() => {
    throw new Error('broken')
  })
  const stop = live.service.onChange(() => heard.push('stopped'))
  await stop()
  await live.inChat(5)
  expect(await live.replace({ word: 'new', size: 9 })).toEqual([])
  expect(heard).toEqual([{ word: 'new', size: 9, hidden: '' }])
  expect(errors).toEqual([new Error('broken')])
  expect((await live.inChat(5)).config).toEqual({ word: 'five', size: 9, hidden: '' })
  expect(await live.replace({ word: 'n' })).toMatchObject([{ path: ['word'] }])
  expect(live.service.get()).toMatchObject({ word: 'new' })
  expect(live.isSame({ size: 9, word: 'new' })).toBe(true)
})

test('a block can be checked without being taken over', async () => {
  const { live } = create({})
  expect(await live.check({ word: 'fine' })).toEqual([])
  expect(await live.check({})).toMatchObject([{ path: ['word'], isMissing: true }])
  expect(live.service.get()).toMatchObject({ word: 'all' })
})
