import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { alertsIn } from './support/owner-alerts.ts'
import { startObedientModel } from './support/obedient-model.ts'
import type { ObedientModel } from './support/obedient-model.ts'
import { pressButton } from './support/press-button.ts'
import { stopAllPrograms } from './support/program.ts'

const SECRET = 'hunter2-what-somebody-wrote'

/** Ends its process, or throws what somebody wrote. */
const FRAGILE = `export default class {
  processMessage(message) {
    if (message === 'die') process.exit(1)
    if (message.startsWith('boom')) throw new Error('cannot read: ' + message)
    return message === 'hi' ? { success: true, response: 'hello' } : undefined
  }
}`

let emulator: RunningEmulator
let model: ObedientModel
let isModelDown = false
let home: string
let assistant: RunningAssistant
let cookie: string
let ada: EmulatedUser
let ben: EmulatedUser
let eve: EmulatedUser

const START = { quiet_hours: 'off', group_seconds: 0.02, per_day: 100, look_seconds: 0.5 }
const AT_ONCE = { plugin: 0, errors: 0, budget: 0, model: 0, disk: 0, backup: 0, storage: 0 }
const NO_ROOM = { disk_free_mb: 1_000_000_000 }

/** Writes config.json again; the assistant follows it. */
async function configure(section: object = {}, other: object = {}): Promise<void> {
  const config = {
    access: { owners: [ada.id, ben.id], mode: 'everyone' },
    ai: { model: 'own:obedient', providers: { own: { base_url: model.url } }, budgets: BUDGETS },
    alerts: { ...START, wait_seconds: AT_ONCE, ...section },
    ...other,
  }
  await writeFile(join(home, 'config.json'), JSON.stringify(config))
}

/** So small that one answer uses it up. */
const BUDGETS = {
  overall: { month: { tokens: 1_000_000_000, money: 0 } },
  plugin: { day: { tokens: 1_000_000 } },
}

async function start(): Promise<void> {
  assistant = await startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: emulator.url })
  cookie = (await logIn(assistant)).cookie
}

const alerts = (who: EmulatedUser): Promise<TranscriptMessage[]> => alertsIn(emulator.driver, who)

/** What Ada was told of since then, besides ends. */
async function problemsAfter(count: number): Promise<string[]> {
  return (await alerts(ada))
    .slice(count)
    .flatMap(({ text }) => (text.includes('⚠') && !text.includes('Alerts today') ? [text] : []))
}

/** Waits for a message to somebody that says this. */
async function waitForAlert(who: EmulatedUser, words: RegExp, after = 0): Promise<TranscriptMessage> {
  let found: TranscriptMessage | undefined
  await expect
    .poll(
      async () => {
        const read = (await alerts(who)).slice(after)
        found = read.find(({ text }) => words.test(text))
        return found?.text ?? JSON.stringify(read.map(({ text }) => text))
      },
      { timeout: 45_000 },
    )
    .toMatch(words)
  return found as TranscriptMessage
}

/** Waits until the assistant itself knows of a fault. */
async function waitForFinding(id: string): Promise<void> {
  await expect
    .poll(async () => (await fetch(`${assistant.url}/api/findings`, { headers: { cookie } })).text(), {
      timeout: 60_000,
    })
    .toContain(`"${id}"`)
}

beforeAll(async () => {
  emulator = await startEmulator()
  model = await startObedientModel(() => (isModelDown ? { reason: 'broken' } : { text: 'Fine.' }))
  for (const name of ['Ada', 'Ben', 'Eve']) {
    const person = await createPerson(emulator.driver, name)
    if (name === 'Ada') ada = person
    else if (name === 'Ben') ben = person
    else eve = person
  }
  home = await createHome({
    'plugins/fragile.js': FRAGILE,
    'plugins_config.json': { enabled_plugins: { fragile: true } },
  })
  await configure()
  await start()
  for (const person of [ada, ben, eve]) await ask(emulator.driver, person, 'hi')
})

afterAll(async () => {
  await stopAllPrograms()
  await model.close()
  await removeHomes()
})

describe('alerts', () => {
  test('several faults at once are one message to each owner, and each end is told once', async () => {
    // they wait for each other until both are there
    const backup = { backup: { every_hours: 1 } }
    await configure({ ...NO_ROOM, group_seconds: 3_600 }, backup)
    for (const id of ['storage.disk-low', 'backup.failed']) await waitForFinding(id)
    await configure(NO_ROOM, backup)
    const told = await waitForAlert(ada, /free on the disk/)
    expect(told.text).toMatch(/^⚠️ \d problems:/)
    expect(told.text).toContain('⚠️ Only')
    expect(told.text).toContain('backup failed')
    await waitForAlert(ben, /free on the disk/)
    expect(told.buttons.flat().map(({ text }) => text)).toEqual(['🔕 Mute for a day'])
    await configure()
    const over = await waitForAlert(ada, /^✅[^⚠]*is over after/s)
    expect(over.text).toMatch(/free on the disk.*\n.*It is over after \d+ (s|min)\./)
    await waitForAlert(ada, /✅ The last scheduled backup failed\.\nIt works again after/)
    expect(await alerts(eve)).toEqual([])
  })

  test('a parked plugin is restarted by its button', async () => {
    for (let time = 0; time < 3; time += 1) await write(emulator.driver, eve, 'die')
    const before = (await alerts(ada)).length
    await waitForAlert(ada, /Fragile is parked/, Math.max(0, before - 1))
    const pressed = await pressButton(emulator.driver, {
      chatId: ada.id,
      user: ada,
      label: '🔄 Restart fragile',
    })
    expect(pressed.text).toContain('was restarted')
    await waitForAlert(ada, /✅ Fragile is parked.*\nIt works again after/)
    expect(await ask(emulator.driver, eve, 'hi')).toEqual(['hello'])
  })

  test('errors are told without what people wrote, and are muted by a button', async () => {
    for (let time = 0; time < 10; time += 1) await write(emulator.driver, eve, `boom ${SECRET}`)
    await waitForAlert(ada, /"fragile" failed \d+ times/)
    const muted = await pressButton(emulator.driver, {
      chatId: ada.id,
      user: ada,
      label: '🔕 Mute for a day',
    })
    expect(muted.text).toContain('🔕 Muted until')
    const [page] = await ask(emulator.driver, ada, '/alerts')
    expect(page).toMatch(/"fragile" failed/)
    expect(page).toContain('Muted until')
    const everything = JSON.stringify([await alerts(ada), await alerts(ben), page])
    expect(everything).not.toContain(SECRET)
    // nobody else may ask
    await write(emulator.driver, eve, '/alerts')
    await ask(emulator.driver, eve, 'hi')
    const toEve = await botMessages(emulator.driver, eve.id, 1)
    expect(toEve.filter(({ text }) => /failed|Alerts today/.test(text))).toEqual([])
  })

  test('a model that is down is told, and that it works again', async () => {
    isModelDown = true
    const end = Date.now() + 60_000
    while (!(await alerts(ada)).some(({ text }) => /own:obedient does not answer/.test(text))) {
      if (Date.now() > end) throw new Error(`not told: ${assistant.output().slice(-2_000)}`)
      await write(emulator.driver, eve, 'how are you')
      await sleep(200)
    }
    isModelDown = false
    await expect
      .poll(async () => (await ask(emulator.driver, eve, 'and now')).at(-1), { timeout: 60_000 })
      .toBe('Fine.')
    await waitForAlert(ada, /✅ The model own:obedient does not answer\.\nIt works again after/)
  })

  test('while Telegram takes nothing, nothing piles up: afterwards there is one message', async () => {
    const before = (await alerts(ada)).length
    await emulator.driver.post('/faults', {
      kind: 'server-error',
      method: ['getMe', 'sendMessage'],
      times: 100_000,
    })
    await configure(NO_ROOM)
    await waitForFinding('storage.disk-low')
    await configure(NO_ROOM, { backup: { every_hours: 1 } })
    await waitForFinding('backup.failed')
    // it has tried since then
    await fetch(`${emulator.url}/emulator/calls`, { method: 'DELETE' })
    await expect
      .poll(
        async () =>
          JSON.stringify(await emulator.driver.get('/calls')).split(/"(?:getMe|sendMessage)"/).length,
        {
          timeout: 60_000,
        },
      )
      .toBeGreaterThan(2)
    await fetch(`${emulator.url}/emulator/faults`, { method: 'DELETE' })
    const summary = await waitForAlert(ada, /free on the disk/, before)
    expect(summary.text).toContain('The last scheduled backup failed.')
    expect(await problemsAfter(before)).toHaveLength(1)
  })

  test('a crash tells nothing again, and what ended meanwhile is told as over', async () => {
    const before = (await alerts(ada)).length
    await assistant.stop('SIGKILL')
    await start()
    // still wrong: known, but not told again
    await waitForFinding('storage.disk-low')
    await ask(emulator.driver, ada, '/alerts')
    await assistant.stop('SIGKILL')
    await configure()
    await start()
    await waitForAlert(ada, /^✅[\s\S]*free on the disk/, before)
    expect(await problemsAfter(before)).toEqual([])
  })

  test('a test reaches who asked; the last alert of a day says so, and then there is silence', async () => {
    const [before] = await ask(emulator.driver, ben, '/alerts')
    const sent = Number(/Alerts today: (\d+)/.exec(before ?? '')?.[1])
    await configure({ ...NO_ROOM, per_day: sent + 1 })
    const last = await waitForAlert(ben, /That was the last alert of today/)
    expect(last.text).toContain('pluggram doctor')
    const count = (await alerts(ben)).length
    await configure({ per_day: sent + 1 })
    // the message changes, and no other follows
    await expect
      .poll(async () => (await alerts(ben)).find(({ id }) => id === last.id)?.text, { timeout: 60_000 })
      .toMatch(/is over after/)
    expect((await alerts(ben)).length).toBe(count)
  })

  test('in quiet hours only what is urgent is told; without owners nobody is, and doctor says so', async () => {
    const before = (await alerts(ada)).length
    const always = { quiet_hours: '00:00-23:59', urgent: ['backup'] }
    await configure({ ...NO_ROOM, ...always }, { backup: { every_hours: 1 } })
    const told = await waitForAlert(ada, /backup failed/, before)
    expect(told.text).not.toContain('free on the disk')
    await configure({ ...NO_ROOM, ...always }, { access: { mode: 'everyone' } })
    await waitForFinding('alerts.nobody')
  })
})
