import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from '../support/assistant.ts'
import { runCommand } from '../support/command.ts'
import { diagnose, doctor } from '../support/doctor.ts'
import { ask, createPerson, startEmulator, TOKEN } from '../support/emulator.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

test('a running assistant is asked, points to its findings, and stops doing so once they are gone', async () => {
  const { url, driver } = await startEmulator()
  const person = await createPerson(driver)
  const home = await createHome({
    'plugins/broken.js': 'throw new Error("no such planet")',
    'plugins/asker.js': `export default class {
  static manifest = { permissions: { network: ['api.example.com'] } }
  processMessage() { return undefined }
}`,
    'config.json': { access: { owners: [person.id] }, plugins: { dice: { max_dicee: 3 } } },
    'plugins_config.json': { enabled_plugins: { broken: true, asker: true, dice: true } },
    '.env': `TELEGRAM_BOT_TOKEN=${TOKEN}\nTELEGRAM_API_ROOT=${url}\n`,
  })
  await chmod(join(home, '.env'), 0o644)
  const assistant = await startAssistant(home)
  const WRONG = [
    'config.doubtful:plugins.dice.max_dicee config.json:9',
    'files.secrets-open:.env .env',
    'plugin.failed:broken plugins/broken.js:1',
    'plugin.waits-for-grant:asker',
  ]
  await expect.poll(async () => (await diagnose(home)).wrong).toEqual(WRONG)
  const { of, code } = await diagnose(home)
  expect(code).toBe(1)
  expect(of('plugin.failed:broken').why).toContain('no such planet')
  // since when, by the assistant's clock
  const since = of('plugin.failed:broken').since ?? ''
  expect(Date.parse(since)).toBeLessThan(Date.now())
  expect((await doctor(home, ['plugin'])).output).toContain(`  since  ${since}`)

  // strangers learn nothing; a logged-in owner sees the same
  expect((await fetch(`${assistant.url}/api/findings`)).status).toBe(401)
  const { cookie } = await logIn(assistant)
  const ids = async (): Promise<string[]> => {
    const answer = await fetch(`${assistant.url}/api/findings`, { headers: { cookie } })
    const { findings } = (await answer.json()) as { findings: { id: string }[] }
    return findings.map(({ id }) => id).toSorted()
  }
  expect(await ids()).toEqual(WRONG.map((line) => line.split(' ')[0]))

  expect((await runCommand(home, 'status')).output).toMatch(/⚠ +4 problems: pluggram doctor/)
  expect(await (await fetch(assistant.url, { headers: { cookie } })).text()).toContain(
    '4 problems: <code>npx pluggram doctor</code>',
  )
  expect(await ask(driver, person, '/status')).toEqual([
    expect.stringContaining('4 problems: run pluggram doctor'),
  ])
  // a problem that its own part logs is not logged twice
  expect(assistant.output()).toContain('files.secrets-open:.env')
  expect(assistant.output()).not.toContain('plugin.failed:broken')

  expect((await doctor(home, ['--fix', '--yes'])).output).toMatch(/\+ +"max_dice": 3/)
  for (const command of ['plugins grant asker --yes', 'plugins disable broken'])
    expect(await runCommand(home, ...command.split(' '))).toMatchObject({ code: 0 })
  await expect.poll(ids).toEqual([])
  expect(await doctor(home)).toEqual({ code: 0, output: 'No problems found.\n' })
  expect((await runCommand(home, 'status')).output).not.toContain('pluggram doctor')

  // a file that was spoilt while it runs is found before the next start needs it
  await writeFile(join(home, 'config.json'), '{ "http": { "port": "many" } }')
  expect((await diagnose(home, ['config'])).wrong).toEqual(['config.invalid:http.port config.json:1'])
  await expect.poll(ids).toEqual(['config.invalid:http.port'])
  await writeFile(join(home, 'config.json'), '{}')
  await assistant.stop('SIGKILL')
  expect(await doctor(home, ['home', 'storage', 'files'])).toEqual({
    code: 0,
    output: 'No problems found.\n',
  })
})

test('a budget that is used up is found by the assistant that counts it', async () => {
  const home = await createHome({ 'config.json': { ai: { budgets: { overall: { day: { tokens: 0 } } } } } })
  const assistant = await startAssistant(home)
  await assistant.waitFor(/found a problem.*model\.budget-used|model\.budget-used.*found a problem/)
  const { wrong, of } = await diagnose(home, ['model'])
  expect(wrong).toEqual(['model.budget-used:overall.day'])
  expect(of('model.budget-used:overall.day').fix).toContain('pluggram restart')
  await assistant.stop('SIGTERM')
  expect(await doctor(home, ['model'])).toEqual({ code: 0, output: 'No problems found.\n' })
})
