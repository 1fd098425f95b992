import { mkdir, readFile, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { grant } from './support/command.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startProgram, stopAllPrograms } from './support/program.ts'

const PASSPHRASE = 'correct horse battery staple'
const CANARY = 'canary-7f3a91d2c4'
/** A key of age, made for this test. */
const IDENTITY = 'AGE-SECRET-KEY-1XG076E6ZHALSMY3VFGHRTNKR8MDSPLCQQ520UJG8LDHNSZJMRQ8QDGNQRG'
const RECIPIENT = 'age1gcqsuhu8tjsqcg7t4ysmw403y4cny8a0hu0a4pzyx2wkhclqky0qq5es7n'

/** Keeps what it is told in its own table, in its store and in a file. */
const KEEPER = `import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
export default class {
  static manifest = {
    commands: { kept: { description: 'Tells' } },
    permissions: { database: true, files: true },
  }
  constructor(config, services) { this.services = services }
  async processMessage(message, context) {
    const { database, files, store } = this.services
    await database.execute('CREATE TABLE IF NOT EXISTS notes (text)')
    if (context.command) {
      const [{ notes }] = await database.query('SELECT count(*) AS notes FROM notes')
      return { success: true, response: JSON.stringify({ notes, last: await store.get('last') }) }
    }
    await database.execute('INSERT INTO notes VALUES (?)', [message])
    await store.set('last', message)
    await writeFile(join(await files.folder(), 'last.txt'), message)
    return { success: true, response: 'kept ' + message }
  }
}`

let emulator: RunningEmulator
let home: string
let assistant: RunningAssistant
let ada: EmulatedUser
let file: string

function environment(): Record<string, string> {
  return { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: emulator.url }
}

/** Runs `pluggram …` with a passphrase, as an owner would. */
async function run(
  PLUGGRAM_HOME: string,
  args: readonly string[],
  own: Readonly<Record<string, string>> = { PLUGGRAM_BACKUP_PASSPHRASE: PASSPHRASE },
): Promise<{ code: number | NodeJS.Signals; output: string }> {
  const program = startProgram('apps/assistant/src/main.ts', args, {
    environment: { PLUGGRAM_HOME, ...environment(), ...own },
  })
  return { code: await program.exited, output: program.output() }
}

beforeAll(async () => {
  emulator = await startEmulator()
  home = await createHome({
    'plugins/keeper.js': KEEPER,
    'plugins/shelf/index.js': 'export default class { processMessage() {} }',
    'plugins_config.json': { enabled_plugins: { keeper: true } },
    'config.json': { assistant: { name: 'Kept' } },
    '.env': `SOME_API_KEY=${CANARY}\n`,
  })
  await grant(home, 'keeper')
  assistant = await startAssistant(home, environment())
  ada = await createPerson(emulator.driver)
  file = join(await createHome(), 'deep', 'home.age')
})

afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
})

describe('a backup of a running assistant', () => {
  test('is made while people write, and is complete, private and encrypted', async () => {
    const isOver = new AbortController()
    let written = 0
    const writing = (async () => {
      while (!isOver.signal.aborted) {
        await write(emulator.driver, ada, `note ${++written}`)
        await sleep(20)
      }
    })()
    await expect.poll(async () => (await botMessages(emulator.driver, ada.id)).length).toBeGreaterThan(20)
    const { code, output } = await run(home, ['backup', file])
    isOver.abort()
    await writing
    expect({ code, output }).toMatchObject({ code: 0 })
    expect(output).toMatch(/Wrote .*home\.age \(\d+ files and \d+ databases?, [\d.]+ MB\) and read it back/)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(dirname(file))).toEqual(['home.age'])
    expect(await readdir(join(home, 'data'))).toContain('backup-in-progress')
    expect(await readdir(join(home, 'data/backup-in-progress'))).toEqual([])
    const raw = await readFile(file)
    expect(raw.subarray(0, 21).toString()).toBe('age-encryption.org/v1')
    for (const secret of [CANARY, TOKEN, 'note 1', 'pluggram.db']) expect(raw.includes(secret)).toBe(false)
    expect(await run(home, ['backup', file])).toMatchObject({
      code: expect.not.stringMatching(/^0$/) as number,
      output: expect.stringContaining('exists already') as string,
    })
  })

  test('is restored elsewhere, with each note in all the places it was kept', async () => {
    const other = await createHome()
    const { code, output } = await run(other, ['restore', file, '--yes'])
    expect({ code, output }).toMatchObject({ code: 0 })
    expect(await readFile(join(other, '.env'), 'utf8')).toContain(CANARY)
    expect(JSON.parse(await readFile(join(other, 'config.json'), 'utf8'))).toEqual({
      assistant: { name: 'Kept' },
    })
    expect(await readdir(join(other, 'plugins'))).toEqual(['keeper.js', 'shelf'])
    expect((await stat(join(other, 'data'))).mode & 0o077).toBe(0)
    // what is in the backup was in the home
    const kept = await notesOf(other)
    expect(kept.length).toBeGreaterThan(0)
    expect((await notesOf(home)).slice(0, kept.length)).toEqual(kept)
  })
})

describe('a restore', () => {
  test('holds back what may have been sent since', async () => {
    // quiet, but for one answer that cannot be sent
    await expect.poll(async () => (await notesOf(home)).length).toBeGreaterThan(0)
    await assistant.stop()
    await startAssistant(home, environment()).then((again) => (assistant = again))
    await emulator.driver.post('/faults', { kind: 'server-error', method: 'sendMessage', times: 1_000 })
    await write(emulator.driver, ada, 'unlucky')
    await expect.poll(() => notesOf(home)).toContain('unlucky')
    await expect.poll(() => unsent(home)).toBe(1)
    const late = join(dirname(file), 'late.age')
    expect(await run(home, ['backup', late])).toMatchObject({
      output: expect.stringContaining('Wrote') as string,
    })
    await fetch(`${emulator.url}/emulator/faults`, { method: 'DELETE' })
    await expect.poll(() => heard('kept unlucky')).toBe(1)
    const refused = await run(home, ['restore', late, '--yes'])
    expect(refused.code).not.toBe(0)
    expect(refused.output).toMatch(/An assistant, or another command, runs in .* Stop it first/)
    await assistant.stop()

    const { code, output } = await run(home, ['restore', late, '--yes'])
    expect({ code, output }).toMatchObject({ code: 0 })
    expect(output).toContain('perhaps since: 1 message.')
    const [, aside = ''] = /What was there before is in (\S+)\./.exec(output) ?? []
    expect(await readdir(aside)).toEqual(['.env', 'config.json', 'data', 'plugins', 'plugins_config.json'])
    expect((await run(home, ['held'])).output).toMatch(/chat \d+ {2}"kept unlucky"/)

    assistant = await startAssistant(home, environment())
    expect(await ask(emulator.driver, ada, '/kept')).toEqual([expect.stringContaining('"last":"unlucky"')])
    expect(await heard('kept unlucky')).toBe(1)
    await assistant.stop()
    expect((await run(home, ['held', '--older-than', '1', '--drop'])).output).toContain('Deleted: 0 messages')
    expect((await run(home, ['held', '--send'])).output).toContain('at the next start: 1 message.')
    assistant = await startAssistant(home, environment())
    await expect.poll(() => heard('kept unlucky')).toBe(2)
    await assistant.stop()
    expect((await run(home, ['held'])).output).toContain('No messages are waiting')
  })

  test('without --yes only tells what is in it', async () => {
    const before = await readdir(home)
    const { code, output } = await run(home, ['restore', file])
    expect(code).toBe(1)
    expect(output).toMatch(/Backup of 20.*made by Pluggram .*It is complete/)
    expect(output).toContain('Nothing was changed')
    expect(await readdir(home)).toEqual(before)
  })

  test('of a file that is none, was cut or changed, or with a wrong passphrase is refused in words', async () => {
    const folder = await createHome()
    const raw = await readFile(file)
    const put = async (name: string, bytes: Uint8Array | string): Promise<string> => {
      await writeFile(join(folder, name), bytes)
      return join(folder, name)
    }
    const cut = await put('cut.age', raw)
    await truncate(cut, raw.byteLength - 1_000)
    const changed = Buffer.from(raw)
    changed[raw.byteLength - 70_000] = (changed[raw.byteLength - 70_000] ?? 0) ^ 1
    const before = await readdir(home)
    const attempts: readonly [args: readonly string[], said: RegExp, own?: Record<string, string>][] = [
      [[cut], /is damaged/],
      [[await put('changed.age', changed)], /is damaged/],
      [[await put('empty.age', '')], /is not a backup, or it is damaged/],
      [[await put('text.age', 'hello')], /is not a backup, or it is damaged/],
      [[join(folder, 'none.age')], /cannot be read/],
      [[file], /The passphrase does not open/, { PLUGGRAM_BACKUP_PASSPHRASE: 'wrong' }],
      [[file], /Set PLUGGRAM_BACKUP_PASSPHRASE/, {}],
      [
        [file],
        /PLUGGRAM_BACKUP_PASSPHRASE_FILE: expected a file .* does not exist/,
        { PLUGGRAM_BACKUP_PASSPHRASE_FILE: '/none' },
      ],
      [[file, '--identity', await put('key.txt', 'nothing')], /has no secret key of age/],
    ]
    for (const [args, said, own] of attempts) {
      const { code, output } = await run(home, ['restore', ...args, '--yes'], own)
      expect({ args, code, output }).toMatchObject({ output: expect.stringMatching(said) as string })
      expect(code).not.toBe(0)
      expect(output).not.toMatch(/\n\s+at /)
    }
    expect(await readdir(home)).toEqual(before)
  })

  test('a backup for a key is opened by that key alone', async () => {
    const target = join(await createHome(), 'keyed.age')
    const keys = join(dirname(target), 'key.txt')
    await writeFile(keys, `# created: today\n${IDENTITY}\n`)
    const made = await run(home, ['backup', target, '--recipient', RECIPIENT], {})
    expect(made).toMatchObject({ code: 0, output: expect.stringContaining('Wrote') as string })
    expect((await run(home, ['restore', target])).output).toContain('The passphrase does not open')
    expect((await run(home, ['restore', target, '--identity', keys])).output).toContain('It is complete')
    const refused = await run(
      home,
      ['backup', join(dirname(target), 'x.age'), '--recipient', 'age1nonsense'],
      {},
    )
    expect(refused.output).toContain('not a public key of age')
    expect((await run(home, ['backup'], {})).output).toContain('always encrypted')
  })

  test('puts back the home when it cannot be replaced', async () => {
    const other = await createHome({
      'config.json': { assistant: { name: 'Old' } },
      'data/pluggram.db/x': 'x',
    })
    // a folder where a file must go: the second rename fails
    await mkdir(join(other, 'plugins'), { recursive: true })
    const before = await readdir(other, { recursive: true })
    await rm(join(other, 'plugins'), { recursive: true })
    await writeFile(join(other, 'plugins'), 'a file')
    const { code, output } = await run(other, ['restore', file, '--yes'])
    expect(code).not.toBe(0)
    expect(output).not.toMatch(/\n\s+at /)
    await rm(join(other, 'plugins'))
    await mkdir(join(other, 'plugins'))
    expect((await readdir(other, { recursive: true })).toSorted()).toEqual(before.toSorted())
  })
})

test('the assistant makes backups by itself once config.json says so, keeps the newest, and tells what fails', async () => {
  const own = await createHome()
  const folder = join(await createHome(), 'kept')
  await mkdir(folder)
  const old = ['2026-01-01T00-00-00-000Z', '2026-01-02T00-00-00-000Z', '2026-01-03T00-00-00-000Z'].map(
    (time) => `pluggram-${time}.age`,
  )
  for (const [index, name] of old.entries()) {
    await writeFile(join(folder, name), 'old')
    const at = new Date(`2026-01-0${index + 1}T00:00:00Z`)
    await utimes(join(folder, name), at, at)
  }
  await writeFile(join(folder, 'notes.txt'), 'not ours')
  const running = await startAssistant(own)
  const set = (backup: object): Promise<void> =>
    writeFile(join(own, 'config.json'), JSON.stringify({ backup: { folder, keep: 2, ...backup } }))
  await set({ every_hours: 24 })
  await running.waitFor(/always encrypted.*the backup failed/)
  const ready = (await (await fetch(`${running.url}/readyz`)).json()) as {
    components: Record<string, unknown>
  }
  expect(ready).toMatchObject({ status: 'ready', components: { backup: { status: 'failed' } } })
  expect(await readdir(folder)).toHaveLength(4)

  await set({ every_hours: 24, recipient: RECIPIENT })
  await running.waitFor(/backup made/)
  await expect.poll(async () => (await readdir(folder)).length).toBe(3)
  const names = await readdir(folder)
  expect(names).toContain('notes.txt')
  expect(names).toContain(old[2])
  expect(running.output().match(/backup made/g)).toHaveLength(1)
  await running.stop()
})

/** The notes in the plugin's own database, in order. */
async function notesOf(of: string): Promise<string[]> {
  const folder = join(of, 'data')
  const names = await readdir(folder, { recursive: true })
  const own = names.find((name) => /keeper.*\.(?:db|sqlite)$/.test(name))
  if (own === undefined) return []
  return rows(join(folder, own), 'SELECT text FROM notes ORDER BY rowid').map(({ text }) => String(text))
}

function unsent(of: string): number {
  return rows(join(of, 'data/pluggram.db'), "SELECT 1 FROM outbox WHERE state = 'unsent'").length
}

function rows(path: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    return database.prepare(sql).all()
  } finally {
    database.close()
  }
}

async function heard(text: string): Promise<number> {
  return (await botMessages(emulator.driver, ada.id)).filter((message) => message.text === text).length
}
