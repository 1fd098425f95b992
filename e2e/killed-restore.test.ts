import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { long } from '@pluggram/testing/long'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { ask, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createBareHome, createHome, removeHomes } from './support/home.ts'
import { startProgram, stopAllPrograms } from './support/program.ts'

/** A key of age, made for this test. */
const IDENTITY = 'AGE-SECRET-KEY-1XG076E6ZHALSMY3VFGHRTNKR8MDSPLCQQ520UJG8LDHNSZJMRQ8QDGNQRG'
const RECIPIENT = 'age1gcqsuhu8tjsqcg7t4ysmw403y4cny8a0hu0a4pzyx2wkhclqky0qq5es7n'

const KEEPER = `export default class {
  static manifest = { commands: { kept: { description: 'Tells' } } }
  constructor(config, services) { this.store = services.store }
  async processMessage(message, context) {
    if (context.command) return { success: true, response: String(await this.store.get('last')) }
    await this.store.set('last', message)
    return { success: true, response: 'kept ' + message }
  }
}`

/** Ends the program, or lets the disk fail, before the renaming or removing of this number. */
const FAULT = `import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
const [how, at] = process.env.FAULT.split(' ')
let calls = 0
for (const name of ['rename', 'rm']) {
  const real = promises[name]
  promises[name] = async (...args) => {
    if (++calls === Number(at)) {
      if (how === 'kill') process.kill(process.pid, 'SIGKILL')
      else throw new Error('EIO: i/o error')
    }
    return real(...args)
  }
}
syncBuiltinESMExports()`

let emulator: RunningEmulator
let ada: EmulatedUser
let old: string
let files: string

function start(home: string): Promise<RunningAssistant> {
  return startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: emulator.url })
}

async function run(
  home: string,
  args: readonly string[],
  fault?: string,
): Promise<{ code: number | NodeJS.Signals; output: string }> {
  const faulty = fault !== undefined && {
    NODE_OPTIONS: `--import=${join(files, 'fault.mjs')}`,
    FAULT: fault,
  }
  const program = startProgram('apps/assistant/src/main.ts', args, {
    environment: { PLUGGRAM_HOME: home, ...faulty },
  })
  return { code: await program.exited, output: program.output() }
}

const restore = (home: string, fault: string) =>
  run(home, ['restore', join(files, 'new.age'), '--identity', join(files, 'key.txt'), '--yes'], fault)

async function copyOfOld(): Promise<string> {
  const home = await createBareHome()
  await cp(old, home, { recursive: true })
  return home
}

/** Whose each file of a home is. */
async function content(home: string): Promise<unknown> {
  const { assistant } = JSON.parse(await readFile(join(home, 'config.json'), 'utf8')) as {
    assistant: { name: string }
  }
  const names = (await readdir(home)).filter((name) => !name.startsWith('before-restore'))
  return {
    names: names.toSorted(),
    name: assistant.name,
    environment: await readFile(join(home, '.env'), 'utf8'),
    plugins: (await readdir(join(home, 'plugins'))).toSorted(),
  }
}

const NAMES = ['.env', 'config.json', 'data', 'plugins', 'plugins_config.json']
const OLD = { names: NAMES, name: 'old', environment: 'WHOSE=old\n', plugins: ['gone.js', 'keeper.js'] }
const NEW = { names: NAMES, name: 'new', environment: 'WHOSE=new\n', plugins: ['added.js', 'keeper.js'] }

async function keepIn(home: string, whose: string, plugin: string): Promise<void> {
  await writeFile(join(home, 'config.json'), JSON.stringify({ assistant: { name: whose } }))
  await writeFile(join(home, '.env'), `WHOSE=${whose}\n`)
  await writeFile(join(home, 'plugins', plugin), 'export default class { processMessage() {} }')
  const assistant = await start(home)
  await ask(emulator.driver, ada, whose)
  await assistant.stop()
}

beforeAll(async () => {
  emulator = await startEmulator()
  ada = await createPerson(emulator.driver)
  old = await createHome({
    'plugins/keeper.js': KEEPER,
    'plugins_config.json': { enabled_plugins: { keeper: true, ai_chatbot: false } },
  })
  files = await createBareHome({ 'fault.mjs': FAULT, 'key.txt': `${IDENTITY}\n` })
  await keepIn(old, 'old', 'gone.js')
  const later = await copyOfOld()
  await rm(join(later, 'plugins/gone.js'))
  await keepIn(later, 'new', 'added.js')
  await run(later, ['backup', join(files, 'new.age'), '--recipient', RECIPIENT])
})

afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
})

test('killed at any step, a restore leaves the old home or the new one, and nothing is lost', async () => {
  const found = new Set<string>()
  let told = false
  const steps = long(
    [2, 7, 13],
    Array.from({ length: 40 }, (_, index) => index + 1),
  )
  for (const step of steps) {
    const home = await copyOfOld()
    const { code } = await restore(home, `kill ${step}`)
    if (code === 0) break
    expect(code).toBe('SIGKILL')
    const assistant = await start(home)
    const [kept] = await ask(emulator.driver, ada, '/kept')
    await assistant.stop()
    found.add(String(kept))
    expect({ step, ...((await content(home)) as object) }).toEqual({ step, ...(kept === 'new' ? NEW : OLD) })
    if (kept !== 'new') continue
    const aside = (await readdir(home)).find((name) => name.startsWith('before-restore')) ?? ''
    told ||= assistant.output().includes(`What was there before is in ${join(home, aside)}`)
    expect(await content(join(home, aside))).toEqual(OLD)
    expect(await readdir(join(home, aside, 'data'))).toContain('pluggram.db')
  }
  expect({ found, told }).toEqual({ found: new Set(['old', 'new']), told: true })
})

test('a restore that cannot move a file puts everything back', async () => {
  const home = await copyOfOld()
  const failed = await restore(home, 'fail 9')
  expect(failed).toMatchObject({
    code: 1,
    output: expect.stringContaining('Everything is as it was') as string,
  })
  expect(await content(home)).toEqual(OLD)
  expect(await readdir(join(home, 'data'))).toContain('pluggram.db')
})

test('any command finishes a killed restore, and keeps what somebody wrote meanwhile', async () => {
  const home = await copyOfOld()
  await restore(home, 'kill 8')
  await writeFile(join(home, 'config.json'), 'made meanwhile')
  const { output } = await run(home, ['restore-points'])
  expect(output).toContain('A restore was cut off, and is finished now')
  expect(await content(home)).toEqual(NEW)
  const kept = (await readdir(home, { recursive: true })).filter((name) =>
    /made-meanwhile.*config/.test(name),
  )
  expect(await Promise.all(kept.map((name) => readFile(join(home, name), 'utf8')))).toEqual([
    'made meanwhile',
  ])
})
