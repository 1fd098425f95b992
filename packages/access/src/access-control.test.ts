import { readCommand } from '@pluggram/sdk/runtime'
import type { AccessControl, IncomingUpdate } from '@pluggram/sdk/runtime'
import { createLive } from '@pluggram/config'
import type { AssistantSettings } from '@pluggram/config'
import { CommitQueue, createSqliteAccessStore, openSqliteDatabase, WriteLog } from '@pluggram/storage'
import type { AccessStore } from '@pluggram/storage'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAccessControl } from './access-control.ts'
import { createAccessRules } from './access-rules.ts'
import type { AccessRules } from './access-rules.ts'
import type { Visitor } from './doorbell.ts'
import { createOwnerPairing } from './owner-pairing.ts'
import type { OwnerPairing } from './owner-pairing.ts'

type AccessSettings = AssistantSettings['access']

const NOTHING: AccessSettings = {
  mode: undefined,
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
): AccessControl & Pick<AccessRules, 'roleOf'> & { readonly rung: (Visitor | undefined)[] } {
  const rules = createAccessRules({
    lists: createLive({ ...NOTHING, ...settings }),
    store,
    isPlayground: options.isPlayground ?? false,
  })
  const rung: (Visitor | undefined)[] = []
  const control = createAccessControl({
    rules,
    store,
    pairing: options.pairing,
    onPaired: () => {},
    doorbell: { ring: (visitor) => void rung.push(visitor) },
    logger: silent,
  })
  return { ...control, roleOf: rules.roleOf, rung }
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

test('without an owner, strangers in the mode "listed" hear their id once a week, and nothing in groups', () => {
  const access = create({ mode: 'listed' })
  expect(access.admit(message(7))).toEqual({ notice: { text: expect.stringContaining('your ID: 7') } })
  expect(access.admit(message(7))).toEqual({})
  expect(access.admit(message(8, { chatId: -5 }))).toEqual({})
  time += 7 * DAY - 1
  expect(access.admit(message(7))).toEqual({})
  time += 2
  expect(access.admit(message(7))).toHaveProperty('notice')
  expect(store.parties()).toMatchObject([{ id: 7, standing: 'unknown', name: 'Ada' }])
  expect(access.rung).toEqual([])
})

test('once there is an owner, only listed people chat; a stranger is announced once, and five messages wait', async () => {
  const access = create()
  expect(access.admit(message(7))).toEqual({ role: 'everyone' })
  await store.decide(1, 'owner')
  expect(access.admit(message(7))).toEqual({
    isHeld: true,
    notice: { text: expect.stringContaining("I've told the owner") },
  })
  for (let more = 0; more < 4; more += 1) expect(access.admit(message(7))).toEqual({ isHeld: true })
  expect(access.admit(message(7))).toEqual({})
  expect(access.rung).toEqual([{ id: 7, name: 'Ada' }])
  expect(access.mayTalk(message(7))).toBe(false)
  await store.decide(7, 'allowed')
  expect([access.mayTalk(message(7)), access.admit(message(7))]).toEqual([true, { role: 'everyone' }])
})

test('a group that nobody let in hears nothing, and is announced once with who wrote', async () => {
  const access = create({ owners: [1] })
  expect(access.admit(message(8, { chatId: -5 }))).toEqual({})
  expect(access.admit(message(9, { chatId: -5 }))).toEqual({})
  expect(access.rung).toEqual([{ id: -5, name: 'Team', by: { id: 8, name: 'Ada' } }])
  await store.decide(-6, 'blocked')
  expect(access.admit(message(8, { chatId: -6 }))).toEqual({})
  expect(access.rung).toHaveLength(1)
})

test('in the mode "owners" nobody else chats, whatever list they are on, and no owner is asked', async () => {
  const access = create({ owners: [1], trusted: [2], allowedUsers: [3], allowedGroups: [-5] })
  await store.chooseMode('owners')
  expect(access.admit(message(1))).toEqual({ role: 'owner' })
  for (const id of [2, 3, 4])
    expect(access.admit(message(id))).toEqual({ notice: { text: 'This is a private bot.' } })
  expect(access.admit(message(4, { chatId: -5 }))).toEqual({})
  expect(access.rung).toEqual([])
})

test('config.json decides against what was chosen by chat', async () => {
  await store.chooseMode('owners')
  expect(create({ owners: [1], mode: 'everyone' }).admit(message(7))).toEqual({ role: 'everyone' })
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

test.each([
  ['/pair CODE', true],
  ['CODE', true],
  ['<CODE>', true],
  ['  “CODE”\n', true],
  ['pair CODE', true],
  ['Pair: CODE', true],
  ['/pair <CODE>', true],
  ['my code is CODE', false],
  ['PLAIN', false],
])('a person who copies “%s” becomes the owner: %s', (written, isPaired) => {
  const pairing = createOwnerPairing(() => 0)
  const access = create({}, { pairing })
  const code = pairing.code() ?? ''
  const text = written.replace('CODE', code.toLowerCase()).replace('PLAIN', code.replace('-', ' '))
  expect(access.admit(message(7, { text: '/pair' }))).toEqual({
    notice: { text: expect.stringContaining('/pair CODE') },
  })
  access.admit(message(7, { text }))
  expect(access.admit(message(7))).toEqual({ role: isPaired ? 'owner' : 'everyone' })
  // what looks like a code is an ordinary message again once somebody is the owner
  expect(access.admit(message(8, { text: isPaired ? 'ABCD-2345' : 'hello' }))).not.toMatchObject({
    notice: { text: expect.stringContaining('expired') },
  })
})

test('the code of the terminal makes its sender the owner, for good, also where only listed people chat', async () => {
  const pairing = createOwnerPairing(() => 0)
  const access = create({ mode: 'listed' }, { pairing })
  const text = `/pair ${pairing.code()}`
  expect(access.admit(message(7, { chatId: -5, text }))).toEqual({})
  expect(access.admit(message(7, { text: '/pair AAAA-AAAA' }))).toEqual({
    notice: { text: expect.stringContaining('Wrong code') },
  })
  expect(access.admit(message(7, { text }))).toEqual({
    notice: expect.objectContaining({
      text: expect.stringContaining("You're now the owner"),
      plugin: 'people',
    }),
  })
  expect(access.admit(message(7))).toEqual({ role: 'owner' })
  await queue.write(() => {})
  expect(createSqliteAccessStore(queue, { bot: 1 }).standingOf(7)).toBe('owner')
  expect(access.admit(message(8, { text }))).toEqual({
    notice: { text: expect.stringContaining('has expired') },
  })
})

test('lists that change while the assistant runs count from then on', () => {
  const lists = createLive<AccessSettings>(NOTHING)
  const rules = createAccessRules({ lists, store, isPlayground: false })
  let heard = 0
  rules.onChange(() => (heard += 1))
  expect([rules.roleOf(7), rules.mode(), rules.owners()]).toEqual(['everyone', 'everyone', []])
  lists.set({ ...NOTHING, owners: [7] })
  expect([rules.roleOf(7), rules.mode(), rules.owners(), heard]).toEqual(['owner', 'listed', [7], 1])
  lists.set({ ...NOTHING, blocked: [7] })
  expect(rules.roleOf(7)).toBeUndefined()
})
