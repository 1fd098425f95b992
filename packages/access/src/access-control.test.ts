import { readCommand } from '@pluggram/sdk/runtime'
import type { IncomingUpdate } from '@pluggram/sdk/runtime'
import { createLive } from '@pluggram/config'
import type { AssistantSettings } from '@pluggram/config'
import { CommitQueue, createSqliteAccessStore, openSqliteDatabase, WriteLog } from '@pluggram/storage'
import type { AccessStore } from '@pluggram/storage'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAccessControl } from './access-control.ts'
import type { Roles } from './access-control.ts'
import { createOwnerPairing } from './owner-pairing.ts'
import type { OwnerPairing } from './owner-pairing.ts'

type AccessSettings = AssistantSettings['access']

const NOTHING: AccessSettings = {
  mode: 'everyone',
  owners: [],
  trusted: [],
  allowedUsers: [],
  allowedGroups: [],
  blocked: [],
}
const silent = { debug() {}, info() {}, warn() {}, error() {} }
const DAY = 24 * 60 * 60 * 1_000

let database: ReturnType<typeof openSqliteDatabase>
let queue: CommitQueue
let store: AccessStore
let time: number

beforeEach(() => {
  time = 1_000 * DAY
  database = openSqliteDatabase(':memory:')
  queue = new CommitQueue(new WriteLog(database))
  store = createSqliteAccessStore(queue, { bot: 1, now: () => time })
})
afterEach(async () => {
  await queue.close()
  database.close()
})

function create(
  settings: Partial<AccessSettings> = {},
  options: { isPlayground?: boolean; pairing?: OwnerPairing } = {},
): Roles {
  return createAccessControl({
    lists: createLive({ ...NOTHING, ...settings }),
    store,
    isPlayground: options.isPlayground ?? false,
    pairing: options.pairing,
    logger: silent,
  })
}

function message(userId: number, options: { chatId?: number; text?: string } = {}): IncomingUpdate {
  const { chatId = userId, text = 'hi' } = options
  const command = readCommand(text)?.command
  return {
    updateId: 1,
    kind: 'message',
    ...(command && { command }),
    chat: chatId < 0 ? { id: chatId, type: 'group', title: 'Team' } : { id: chatId, type: 'private' },
    user: { id: userId, firstName: 'Ada', isBot: false },
    message: {
      id: 1,
      text,
      entities: [],
      attachments: [],
      date: new Date(0),
      isEdited: false,
      isAddressed: true,
    },
  }
}

test('without configuration everyone may chat, and nobody is more than everyone', () => {
  expect(create().admit(message(7))).toEqual({ role: 'everyone' })
})

test('in the playground everybody is an owner', () => {
  expect(create({ mode: 'listed' }, { isPlayground: true }).admit(message(7))).toEqual({ role: 'owner' })
})

test('roles come from config.json and from what was decided by chat', async () => {
  const access = create({ owners: [1], trusted: [2] })
  await store.decide(3, 'owner')
  await store.decide(4, 'trusted')
  expect([1, 2, 3, 4, 5].map((id) => access.roleOf(id))).toEqual([
    'owner',
    'trusted',
    'owner',
    'trusted',
    'everyone',
  ])
})

test('who is blocked, or writes in a blocked group, is ignored, but for an owner of config.json', async () => {
  const access = create({ owners: [1], blocked: [1, 2, -5] })
  await store.decide(3, 'blocked')
  const ignored = [message(1), message(2), message(3), message(4), message(4, { chatId: -5 })]
  expect(ignored.map((update) => access.isIgnored(update))).toEqual([false, true, true, false, true])
  expect(access.admit(message(3))).toEqual({})
  expect(access.admit(message(1, { chatId: -5 }))).toEqual({ role: 'owner' })
})

test('in the mode "listed" strangers hear their id once a day, and nothing in groups', () => {
  const access = create({ mode: 'listed' })
  expect(access.admit(message(7))).toEqual({ notice: expect.stringContaining('your ID: 7') })
  expect(access.admit(message(7))).toEqual({})
  expect(access.admit(message(8, { chatId: -5 }))).toEqual({})
  time += DAY - 1
  expect(access.admit(message(7))).toEqual({})
  time += 2
  expect(access.admit(message(7))).toHaveProperty('notice')
  expect(store.parties()).toMatchObject([{ id: 7, standing: 'unknown', name: 'Ada' }])
})

test('in the mode "listed" allowed users chat everywhere, and everyone inside an allowed group', async () => {
  const access = create({ mode: 'listed', allowedUsers: [1], allowedGroups: [-5], trusted: [2] })
  await store.decide(3, 'allowed')
  await store.decide(-6, 'allowed')
  const admitted = [
    message(1),
    message(2),
    message(3),
    message(9, { chatId: -5 }),
    message(9, { chatId: -6 }),
    message(9, { chatId: -7 }),
    message(3, { chatId: -7 }),
  ]
  expect(admitted.map((update) => access.admit(update).role)).toEqual([
    'everyone',
    'trusted',
    'everyone',
    'everyone',
    'everyone',
    undefined,
    'everyone',
  ])
})

test('the code of the terminal makes its sender the owner, for good, also where only listed people chat', async () => {
  const pairing = createOwnerPairing(() => 0)
  const access = create({ mode: 'listed' }, { pairing })
  const text = `/pair ${pairing.code()}`
  expect(access.admit(message(7, { chatId: -5, text }))).toEqual({})
  expect(access.admit(message(7, { text: '/pair AAAA-AAAA' }))).toEqual({
    notice: expect.stringContaining('Wrong code'),
  })
  expect(access.admit(message(7, { text }))).toEqual({
    notice: expect.stringContaining("You're now the owner"),
  })
  expect(access.admit(message(7))).toEqual({ role: 'owner' })
  await queue.write(() => {})
  expect(createSqliteAccessStore(queue, { bot: 1 }).standingOf(7)).toBe('owner')
  expect(access.admit(message(8, { text }))).toEqual({
    notice: expect.stringContaining('has expired'),
  })
})

test('lists that change while the assistant runs count from then on', () => {
  const lists = createLive<AccessSettings>(NOTHING)
  const roles = createAccessControl({ lists, store, isPlayground: false, logger: silent })
  expect(roles.roleOf(7)).toBe('everyone')
  lists.set({ ...NOTHING, owners: [7] })
  expect(roles.roleOf(7)).toBe('owner')
  lists.set({ ...NOTHING, blocked: [7] })
  expect(roles.roleOf(7)).toBeUndefined()
})
