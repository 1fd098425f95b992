import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logIn, startAssistant } from '../support/assistant.ts'
import type { RunningAssistant, Session } from '../support/assistant.ts'
import { ask, botMessages, createPerson } from '../support/emulator.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import { FRAME_ATTEMPTS } from './hostile-frames.ts'
import { CLAIMER, HOSTILE_GRANTS, hostileSource, VICTIM } from './hostile-plugin.ts'
import { PROCESS_ATTEMPTS } from './hostile-process.ts'
import { SENDS, SERVICE_ATTEMPTS } from './hostile-services.ts'

const ATTEMPTS = { ...SERVICE_ATTEMPTS, ...FRAME_ATTEMPTS, ...PROCESS_ATTEMPTS }
const FAMILIES = Object.entries(ATTEMPTS).map(([family, attempts], at) => ({
  family,
  attempts,
  at,
  sends: Object.values(attempts).filter((expected) => expected === SENDS).length,
}))
const SENT = FAMILIES.reduce((sum, { sends }) => sum + sends, 0)
const OWN_CANARY = 'owncanary-5d1f09ab77'
const HOST_CANARY = 'hostcanary-c2e8417f'

let home: string
let assistant: RunningAssistant
let driver: Session
let ada: EmulatedUser
let eve: EmulatedUser
/** What the victim has, and the hostile plugin's process, before anything was tried. */
let before: { readonly owned: string; readonly pid: string; readonly files: string[] }

async function filesOfHome(): Promise<string[]> {
  const files = await readdir(home, { recursive: true })
  return files.filter((file) => !file.startsWith('data/')).toSorted()
}

beforeAll(async () => {
  const archive = join(await createHome(), 'archive.db')
  const database = new DatabaseSync(archive)
  database.exec("CREATE TABLE papers (text); INSERT INTO papers VALUES ('kept')")
  database.close()
  const { database: own, databases, schedule } = HOSTILE_GRANTS
  home = await createHome({
    'plugins/hostile.js': hostileSource(ATTEMPTS),
    'plugins/victim.js': VICTIM,
    'plugins/claimer.js': CLAIMER,
    'plugins/neighbour/index.js': 'export default class { processMessage() {} }',
    'plugins/neighbour/notes.js': `dear ${HOST_CANARY}`,
    'plugins/neighbour/notes.txt': `dear ${HOST_CANARY}`,
    'plugins/broken.js': `dear ${HOST_CANARY}`,
    '.env': `EXTRA_TOKEN=${HOST_CANARY}`,
    'config.json': {
      databases: { archive: { url: `sqlite://${archive}` } },
      plugins: { hostile: { secret_key: OWN_CANARY } },
    },
    'plugins_config.json': {
      enabled_plugins: { hostile: true, victim: true, claimer: true },
      grants: { hostile: HOSTILE_GRANTS, victim: { database: own, databases, schedule } },
    },
  })
  assistant = await startAssistant(home, { OPENAI_API_KEY: HOST_CANARY })
  driver = await logIn(assistant)
  ada = await createPerson(driver)
  eve = await createPerson(driver, 'Eve')
  const [owned = ''] = await ask(driver, ada, '/victim begin')
  const [pid = ''] = await ask(driver, eve, '/idle')
  before = { owned, pid, files: await filesOfHome() }
})

afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
})

describe('one plugin in one process', () => {
  test.each(FAMILIES)('$family', async ({ attempts, at, sends }) => {
    const answers = await ask(driver, eve, `/hostile ${at} ${ada.id} ${assistant.url} ${home}`, sends + 1)
    const found = JSON.parse(answers.at(-1) ?? '') as string[]
    const came = Object.fromEntries(Object.keys(attempts).map((code, index) => [code, found[index]]))
    expect(came).toEqual(attempts)
  })
})

test('a plugin that claims to be an observer sees no messages, and its schedules do not run', async () => {
  const [claims = ''] = await ask(driver, eve, '/claims')
  expect(JSON.parse(claims)).toMatchObject({ seen: [] })
  const database = new DatabaseSync(join(home, 'data/pluggram.db'), { readOnly: true })
  const names = database.prepare('SELECT plugin, name FROM schedules').all()
  database.close()
  expect(names).toEqual([{ plugin: 'victim', name: 'diary' }])
})

test('afterwards everything is as it was', async () => {
  // nobody may press it: that the plugin heard of it would be one message more
  const button = (await botMessages(driver, eve.id)).find(({ text }) => text === 'not yours')
  await driver.post(`/chats/${eve.id}/messages/${button?.id}/press`, { userId: eve.id, row: 0, column: 0 })
  expect(await ask(driver, ada, '/victim')).toEqual([before.owned])
  // neither ended nor started again
  expect(await ask(driver, eve, '/idle')).toEqual([before.pid])
  expect(await filesOfHome()).toEqual(before.files)
  expect(await readFile(join(home, 'config.json'), 'utf8')).toContain(OWN_CANARY)
  const texts = (await botMessages(driver, ada.id)).map(({ text }) => text)
  expect(texts).toEqual([before.owned, before.owned])
  expect(await botMessages(driver, eve.id)).toHaveLength(FAMILIES.length + SENT + 3)
  expect(await readdir(join(home, 'data/plugins/hostile'))).toEqual([])
  const metrics = await (await fetch(`${assistant.url}/metrics`)).text()
  expect(metrics).not.toMatch(/^(?:forged|# TYPE forged)|canary-/m)
  expect(metrics.match(/^plugin_hostile_/gm)?.length).toBeLessThan(1_000)
  expect(assistant.output()).not.toMatch(/canary-|^\{"level":"fatal"/m)
})
