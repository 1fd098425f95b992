import { afterEach, beforeEach, expect, test } from 'vitest'
import { callsOf, startEmulatedTelegram } from '../test-support.ts'
import type { EmulatedTelegram } from '../test-support.ts'
import { createStandings } from './standings.ts'

let telegram: EmulatedTelegram
let time = 0

beforeEach(async () => {
  telegram = await startEmulatedTelegram()
})
afterEach(() => telegram.close())

test('says what accounts are in a group, and asks Telegram once in a while only', async () => {
  const { emulator, api, ada } = telegram
  const ben = emulator.driver.createUser({ firstName: 'Ben' })
  const eve = emulator.driver.createUser({ firstName: 'Eve' })
  const { id } = emulator.driver.createChat({ type: 'supergroup', title: 'G', memberIds: [ada.id, ben.id] })
  const standings = createStandings({ api, now: () => time })
  expect(await standings.standingIn(id, ada.id)).toBe('administrator')
  expect(await standings.standingIn(id, ben.id)).toBe('member')
  expect(await standings.standingIn(id, eve.id)).toBe('outside')
  expect(await standings.standingIn(id)).toBe('member')
  // a chat that the bot is not in
  expect(await standings.standingIn(-1_009)).toBe('outside')
  const before = callsOf(emulator, 'getChatMember').length
  expect(await standings.standingIn(id, ada.id)).toBe('administrator')
  expect(callsOf(emulator, 'getChatMember')).toHaveLength(before)

  emulator.control.promoteBot(id)
  expect(await standings.standingIn(id)).toBe('member')
  standings.forgetStandings(id)
  expect(await standings.standingIn(id)).toBe('administrator')
  time += 20_001
  await standings.standingIn(id, ada.id)
  expect(callsOf(emulator, 'getChatMember').length).toBeGreaterThan(before + 1)
})

test('does not know what Telegram does not say, and then expects no privacy mode', async () => {
  const { emulator, api, ada } = telegram
  const standings = createStandings({ api, now: () => time })
  const { id } = emulator.driver.createChat({ type: 'group', title: 'G', memberIds: [ada.id] })
  emulator.faults.add({ kind: 'server-error', method: 'getChatMember' })
  expect(await standings.standingIn(id, ada.id)).toBe('unknown')
  emulator.faults.add({ kind: 'server-error', method: 'getMe', times: 2 })
  expect(await standings.seesAll(id)).toBe(true)
  expect(await standings.standingIn(id)).toBe('unknown')
})
