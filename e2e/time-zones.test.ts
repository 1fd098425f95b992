import { DatabaseSync } from 'node:sqlite'
import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { pressButton } from './support/press-button.ts'
import { ROOT, stopAllPrograms } from './support/program.ts'

/** A plugin in a process of its own, which tells the zones that it sees. */
const TELLER = `
export default class Teller {
  static manifest = { commands: { zones: { description: 'Tells the zones' } } }
  processMessage(_message, { command, timeZone, chat }) {
    if (command?.name !== 'zones') return undefined
    const process = Intl.DateTimeFormat().resolvedOptions().timeZone
    return { success: true, response: [timeZone, String(chat.timeZone), process].join(' ') }
  }
}`

let emulator: RunningEmulator
let owner: EmulatedUser
let ann: EmulatedUser
let old: EmulatedUser

beforeAll(async () => {
  emulator = await startEmulator()
  owner = await createPerson(emulator.driver, 'Olga')
  ann = await createPerson(emulator.driver, 'Ann')
  old = await createPerson(emulator.driver, 'Otto')
  const home = await createHome({
    'config.json': {
      access: { mode: 'everyone', owners: [owner.id], trusted: [ann.id] },
      assistant: { time_zone: 'Asia/Kathmandu' },
    },
    'plugins_config.json': {
      enabled_plugins: { reminders: true, scheduled_task: true, admin: true, teller: true },
    },
    'plugins/teller.js': TELLER,
  })
  await keepZoneAsBefore(home, old.id, 'Asia/Calcutta')
  await startAssistant(home, {
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: emulator.url,
    TZ: 'America/New_York',
  })
})
afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const say = async (user: EmulatedUser, text: string): Promise<string> =>
  (await ask(emulator.driver, user, text)).join('\n')

test('without a zone of their own people have that of the configuration, in plugins and their processes too', async () => {
  expect(await say(ann, '/timezone')).toMatch(/^No time zone is set, so I use mine: Asia\/Kathmandu/)
  expect(await say(ann, '/zones')).toBe('Asia/Kathmandu undefined Asia/Katmandu')
  expect(await say(ann, '/remind tomorrow tea')).toContain('09:00 (Asia/Kathmandu): tea')
})

test.each([
  ['Москва', 'Europe/Moscow'],
  ['St. John’s', 'America/St_Johns'],
  ['Asia/Calcutta', 'Asia/Kolkata'],
  ['apia', 'Pacific/Apia'],
  ['UTC+5:45', 'UTC+05:45'],
])('/timezone %s holds for reminders, jobs and lists', async (written, zone) => {
  expect(await say(ann, `/timezone ${written}`)).toMatch(
    new RegExp(`^Your time zone is ${RegExp.escape(zone)};`),
  )
  const name = zone.replace(/^UTC(?=[+-])/, '')
  expect(await say(ann, '/zones')).toBe(`${name} undefined Asia/Katmandu`)
  expect(await say(ann, '/remind tomorrow tea')).toContain(`09:00 (${name}): tea`)
  expect(await say(ann, '/every day 9:00 tea')).toMatch(
    new RegExp(`\\(${RegExp.escape(name)}\\).*\\nNext: .*, 09:00$`),
  )
})

test('a group has a zone, which those who are trusted set', async () => {
  const group = await emulator.driver.post<{ id: number }>('/chats', {
    type: 'group',
    title: 'Crew',
    memberIds: [owner.id, old.id],
    privacyMode: true,
  })
  const inGroup = async (user: EmulatedUser, text: string): Promise<string> => {
    const before = await botMessages(emulator.driver, group.id, 0)
    await emulator.driver.post(`/chats/${group.id}/messages`, { userId: user.id, text })
    return (await botMessages(emulator.driver, group.id, before.length + 1)).at(-1)?.text ?? ''
  }
  expect(await inGroup(old, '/timezone Tokyo')).toContain('Only the owner and trusted people')
  expect(await inGroup(owner, '/timezone Tokyo')).toMatch(/^This group's time zone is Asia\/Tokyo;/)
  // the group's, and for what is a person's own, the person's
  expect(await inGroup(owner, '/zones')).toMatch(/^Asia\/Tokyo Asia\/Tokyo/)
  expect(await inGroup(old, '/zones')).toMatch(/^Asia\/Kolkata Asia\/Tokyo/)
  expect(await inGroup(owner, '/every day 9:00 tea')).toContain('(Asia/Tokyo)')
})

test('/timezone speaks the language of the person, its buttons too', async () => {
  const eva = await emulator.driver.post<EmulatedUser>('/users', { firstName: 'Eva', languageCode: 'de-at' })
  expect(await say(eva, '/timezone')).toMatch(/^Es ist keine Zeitzone eingestellt.*Zum Ändern tippe/s)
  const shown = (await botMessages(emulator.driver, eva.id)).at(-1)
  expect(shown?.buttons.flat().map(({ text }) => text)).toContain('🕐 Nach der Uhr')
  const asked = await pressButton(emulator.driver, { chatId: eva.id, user: eva, label: '🕐 Nach der Uhr' })
  expect(asked.text).toBe('Wie spät ist es bei dir?')
  expect(await say(eva, '/timezone Wien')).toMatch(/^Deine Zeitzone ist Europe\/Vienna; dort ist es /)
  expect(await say(eva, '/timezone Nirgendwo')).toContain('Ich kenne die Zeitzone „Nirgendwo“ nicht.')
  const li = await emulator.driver.post<EmulatedUser>('/users', { firstName: 'Li', languageCode: 'zh-hans' })
  expect(await say(li, '/timezone 上海')).toMatch(/^你的时区是 Asia\/Shanghai/)
  const una = await emulator.driver.post<EmulatedUser>('/users', { firstName: 'Una', languageCode: 'xx' })
  expect(await say(una, '/timezone')).toMatch(/^No time zone is set/)
})

test('a location that answers /timezone sets the zone; at other times it is a message like others', async () => {
  const share = (): Promise<unknown> =>
    emulator.driver.post(`/chats/${ann.id}/location`, { userId: ann.id, latitude: 52.52, longitude: 13.4 })
  await say(ann, '/timezone')
  const before = await botMessages(emulator.driver, ann.id, 0)
  await share()
  expect((await botMessages(emulator.driver, ann.id, before.length + 1)).at(-1)?.text).toMatch(
    /^Your time zone is Europe\/Berlin;/,
  )
  await share()
  expect((await botMessages(emulator.driver, ann.id, before.length + 2)).at(-1)?.text).not.toContain(
    'time zone',
  )
})

test('a mistyped zone is asked about, an unknown one is found by the clock', async () => {
  expect(await say(ann, '/timezone Kopenhgen')).toMatch(
    /^I don't know the time zone “Kopenhgen”. Did you mean/,
  )
  await press(ann, 'Europe/Copenhagen')
  expect((await last(ann)).text).toMatch(/^Your time zone is Europe\/Copenhagen;/)
  expect(await say(ann, '/timezone Mars/Base')).toMatch(/^I don't know the time zone “Mars\/Base”/)
  await press(ann, '🕐 By the clock')
  const nepal = new Intl.DateTimeFormat('en-GB', { timeZone: '+05:45', hour: '2-digit', minute: '2-digit' })
  await press(ann, nepal.format(new Date()))
  await press(ann, 'Asia/Kathmandu')
  expect((await last(ann)).text).toMatch(/^Your time zone is Asia\/Kathmandu;/)
})

test('zones set for reminders in an earlier version are taken over', async () => {
  expect(await say(old, '/timezone')).toMatch(/^Your time zone is Asia\/Kolkata;/)
  expect(await say(old, '/remind tomorrow tea')).toContain('09:00 (Asia/Kolkata): tea')
})

test('a log is shown by the clock of the owner who reads it, and /forget_me forgets the zone', async () => {
  await say(owner, '/timezone Apia')
  const hour = new Intl.DateTimeFormat('en-GB', { timeZone: 'Pacific/Apia', hour: '2-digit' }).format(
    new Date(),
  )
  expect(await say(owner, '/logs 1')).toMatch(
    new RegExp(`^(?:${hour}|${String((Number(hour) + 23) % 24).padStart(2, '0')}):\\d\\d:\\d\\d `),
  )
  await say(owner, '/forget_me')
  await press(owner, '🗑 Delete everything')
  expect(await say(owner, '/timezone')).toMatch(/^No time zone is set/)
})

/** A database of the reminders plugin from when it kept the zones itself. */
async function keepZoneAsBefore(home: string, userId: number, zone: string): Promise<void> {
  const table = await readFile(join(ROOT, 'plugins/reminders/src/reminder-table.ts'), 'utf8')
  const [, step = ''] = /MIGRATIONS = \[\n {2}`([^`]+)`/.exec(table) ?? []
  await mkdir(join(home, 'data/databases'), { recursive: true })
  const database = new DatabaseSync(join(home, 'data/databases/reminders.db'))
  database.exec(step)
  database.exec('CREATE TABLE pluggram_migrations (step INTEGER PRIMARY KEY, digest TEXT NOT NULL) STRICT')
  const digest = createHash('sha256').update(step).digest('hex')
  database.prepare('INSERT INTO pluggram_migrations VALUES (1, ?)').run(digest)
  database.prepare('INSERT INTO zones VALUES (?, ?)').run(userId, zone)
  database.close()
}

async function last(user: EmulatedUser): Promise<TranscriptMessage> {
  const message = (await botMessages(emulator.driver, user.id)).at(-1)
  if (!message) throw new Error('the bot wrote nothing')
  return message
}

async function press(user: EmulatedUser, label: string): Promise<void> {
  await pressButton(emulator.driver, { chatId: user.id, user, label })
}
