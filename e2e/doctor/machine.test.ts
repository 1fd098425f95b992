import { spawnSync } from 'node:child_process'
import {
  chmod,
  mkdir,
  readFile,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSqliteDatabase } from '@pluggram/storage'
import { afterEach, expect, test } from 'vitest'
import { ordinaryUserProblem, runAsOrdinaryUser, ordinaryUser } from '../support/command.ts'
import { diagnose, doctor } from '../support/doctor.ts'
import type { DoctorFinding } from '../support/doctor.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { ROOT, stopAllPrograms } from '../support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const HEALTHY = { code: 0, output: 'No problems found.\n' }

async function fileIn(home: string, path: string, text: string | Uint8Array = ''): Promise<string> {
  const file = join(home, path)
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 })
  await writeFile(file, text, { mode: 0o600 })
  return file
}

/** A database as an assistant leaves it. */
async function database(home: string): Promise<string> {
  const file = join(home, 'data', 'pluggram.db')
  await mkdir(join(home, 'data'), { mode: 0o700 })
  openSqliteDatabase(file).close()
  return file
}

test('what the configuration asks of machine, network and models, and cannot get, is found and goes away', async () => {
  const config = `{
  "http": { "host": "0.0.0.0" },
  "ai": {
    "model": ["openai:gpt-6-luna", "mine:llama"],
    "providers": { "mine": { "base_url": "http://models.invalid/v1" } }
  },
  "network": { "https_proxy": "http://127.0.0.1:1" },
  "alerts": { "disk_free_mb": 1000000 },
  "backup": { "every_hours": 24 },
  "telegram": { "bot_token": "123456789:AAE2E-emulated-token-for-tests-000000" }
}
`
  const home = await createHome({})
  await writeFile(join(home, 'config.json'), config, { mode: 0o600 })
  const environment = { TZ: 'Mars/Base', PLUGGRAM_HOME: home, PATH: process.env.PATH ?? '' }
  const command = `ulimit -n 300; exec "${process.execPath}" apps/assistant/src/main.ts doctor --json`
  const { stdout } = spawnSync('sh', ['-c', command], { cwd: ROOT, encoding: 'utf8', env: environment })
  const findings = (JSON.parse(stdout) as DoctorFinding[]).filter(({ what }) => what !== undefined)
  expect(
    findings.map(({ id, where = '' }) => `${id} ${where.replace(/:\d+$/, '')}`.trim()).toSorted(),
  ).toEqual([
    'backup.no-key config.json:9',
    'exposure.no-password config.json:2',
    'model.misconfigured:openai:gpt-6-luna config.json:4',
    'network.dns:models.invalid',
    'network.proxy:127.0.0.1:1',
    'resources.open-files',
    'storage.disk-low',
    'time.zone',
  ])
  const fixOf = (name: string): string => findings.find(({ id }) => id.startsWith(name))?.fix ?? ''
  expect(fixOf('exposure')).toContain('PLUGGRAM_PASSWORD')
  expect(fixOf('model')).toContain('choose another model')
  expect(fixOf('time')).toContain('TZ=Europe/Berlin')
  // no fix is offered where none is safe
  expect(findings.filter(({ isFixable }) => isFixable)).toEqual([])

  await writeFile(join(home, 'config.json'), '{ "backup": { "every_hours": 24 } }', { mode: 0o600 })
  await writeFile(join(home, '.env'), 'PLUGGRAM_BACKUP_PASSPHRASE=correct horse battery staple\n', {
    mode: 0o600,
  })
  expect(await doctor(home, [], { TZ: 'Europe/Berlin' })).toEqual(HEALTHY)
})

test('a password without encryption is named, one behind a web server is not', async () => {
  const home = await createHome()
  const environment = { HOST: '192.0.2.7', PLUGGRAM_PASSWORD: 'correct horse battery staple' }
  const { wrong, of } = await diagnose(home, ['exposure'], environment)
  expect(wrong).toEqual(['exposure.plain-http environment'])
  expect(of('exposure.plain-http').fix).toContain('ssh -L 8080:127.0.0.1:8080')
  expect(await doctor(home, ['exposure'], { ...environment, HOST: '127.0.0.1' })).toEqual(HEALTHY)
})

test('a database that would not open says why, and nothing of it is changed', async () => {
  const home = await createHome()
  const file = await database(home)
  expect(await doctor(home, ['storage'])).toEqual(HEALTHY)

  const newer = new DatabaseSync(file)
  newer.exec('PRAGMA user_version = 999')
  newer.close()
  expect(await diagnose(home, ['storage'])).toMatchObject({
    code: 1,
    wrong: ['storage.newer data/pluggram.db'],
  })

  await writeFile(file, 'no database, and long enough to be looked at'.repeat(200))
  expect((await doctor(home, ['storage', '--fix', '--yes'])).output).toContain(
    'nothing that can be put right safely',
  )
  const { wrong, of } = await diagnose(home, ['storage'])
  expect(wrong).toEqual(['storage.damaged data/pluggram.db'])
  expect(of('storage.damaged')).toMatchObject({
    isFixable: false,
    fix: expect.stringContaining('pluggram restore FILE'),
  })
  expect((await readdir(join(home, 'data'))).toSorted()).toEqual(['pluggram.db'])
})

test('what an assistant that was killed left is put away', async () => {
  const home = await createHome()
  const file = await database(home)
  await fileIn(home, 'data/door/address', 'nonsense')
  await fileIn(home, 'data/pluggram.db-wal')
  await truncate(`${file}-wal`, 300 * 1_048_576)
  const before = await diagnose(home, ['home', 'storage'])
  expect(before).toMatchObject({
    code: 1,
    wrong: ['home.door-unusable data/door', 'storage.log-large data/pluggram.db-wal'],
  })
  expect(before.findings.every(({ isFixable }) => isFixable)).toBe(true)
  const { code, output } = await doctor(home, ['--fix', '--yes'])
  expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/\nNo problems found\.\n$/) })
  expect(output).toMatch(/data\/door → data\/door\.before-fix-/)
  const log = await stat(`${file}-wal`).catch(() => ({ size: 0 }))
  expect(log.size).toBe(0)
  expect(await doctor(home, ['--fix', '--yes'])).toMatchObject({
    code: 0,
    output: 'There is nothing that can be put right safely.\nNo problems found.\n',
  })
})

test('things that are not what they should be are named, and nothing of them reaches the terminal', async () => {
  const home = await createHome({
    'config.json': '{ "http": { "po\\u001b[31mrt": 1 }, "plugins": { "a\\u001b]0;x\\u0007b": {} } }',
    data: '',
  })
  await mkdir(join(home, '.env'))
  const first = await diagnose(home)
  expect(first.wrong).toEqual([
    'config.invalid:.env .env:1',
    'config.invalid:http["po\\u001b[31mrt"] config.json:1',
    'config.invalid:plugins["a\\u001b]0;x\\u0007b"] config.json:1',
    'home.read-only data',
  ])
  expect(first.of('home.read-only')).toMatchObject({
    why: 'It is a file, not a folder.',
    fix: expect.stringContaining('mv '),
  })
  // colours off, so that every control character would be somebody else's
  const { output } = await doctor(home, [], { NO_COLOR: '1' })
  expect(output).not.toMatch(/[^\P{Cc}\n]/u)

  await rm(join(home, 'data'))
  await rm(join(home, '.env'), { recursive: true })
  await rm(join(home, 'config.json'))
  spawnSync('sh', ['-c', 'mkfifo "$0"', join(home, 'config.json')])
  await mkdir(join(home, 'data', 'pluggram.db'), { recursive: true, mode: 0o700 })
  await symlink(tmpdir(), join(home, 'data', 'door'))
  const second = await diagnose(home, ['home', 'config', 'storage'])
  expect(second.wrong).toEqual([
    'config.invalid:config.json config.json:1',
    'home.door-unusable data/door',
    'storage.damaged data/pluggram.db',
  ])
  expect((await doctor(home, ['home', '--fix', '--yes'])).output).toMatch(/No problems found\.\n$/)
  expect(
    await readlink(
      (await readdir(join(home, 'data'))).flatMap((name) =>
        name.startsWith('door.') ? join(home, 'data', name) : [],
      )[0] ?? '',
    ),
  ).toBe(tmpdir())
})

test('a home that has been used for months without a backup is reminded of one', async () => {
  const home = await createHome({ '.env': '' })
  await chmod(join(home, '.env'), 0o600)
  const key = await fileIn(home, 'data/buttons.key', 'x')
  const token = { TELEGRAM_BOT_TOKEN: '123456789:AAE2E-emulated-token-for-tests-000000' }
  expect(await doctor(home, ['backup'], token)).toEqual(HEALTHY)
  const past = new Date(Date.now() - 90 * 86_400_000)
  await utimes(key, past, past)
  const { wrong, of } = await diagnose(home, ['backup'], token)
  expect(wrong).toEqual(['backup.old'])
  expect(of('backup.old').what).toBe('There is no backup of this home.')
  await fileIn(home, 'backups/pluggram-2026-11-30T00-00-00-000Z.age', 'x')
  expect(await doctor(home, ['backup'], token)).toEqual(HEALTHY)
})

const noOrdinaryUser = ordinaryUserProblem()

test.skipIf(noOrdinaryUser !== undefined)(
  'a home that may not be read or written is no reason to give up',
  async () => {
    const home = await createHome({ 'data/note.txt': '' })
    if (ordinaryUser !== undefined) spawnSync('chown', ['-R', String(ordinaryUser), home])
    await chmod(join(home, 'data'), 0o500)
    const readOnly = runAsOrdinaryUser(home, ['doctor', 'home'])
    expect(readOnly).toMatchObject({ code: 1, errors: '' })
    expect(readOnly.output).toContain(`The assistant cannot write to ${home}/data, and does not start.`)
    expect(readOnly.output).toContain('fix    Give it to the account')
    // one repair fails, says why and stays; the other is made
    await writeFile(join(home, 'config.json'), '{ "log": { "levle": "info" } }', { mode: 0o600 })
    await writeFile(join(home, '.env'), 'A=b\n')
    await chmod(join(home, '.env'), 0o644)
    if (ordinaryUser !== undefined) spawnSync('chown', ['-R', String(ordinaryUser), home])
    const half = runAsOrdinaryUser(home, ['doctor', 'files', 'config', '--fix', '--yes'])
    expect(half.output).toMatch(/\.env: mode 644 → 600\n {2}Done/)
    expect(half.output).toMatch(/It could not be changed: EACCES/)
    expect(half).toMatchObject({
      code: 1,
      output: expect.stringMatching(/\n1 error\. What is left needs you\.\n$/),
    })
    expect(await readFile(join(home, 'config.json'), 'utf8')).toContain('levle')
    await chmod(join(home, 'data'), 0o700)
    expect(runAsOrdinaryUser(home, ['doctor', 'home'])).toMatchObject(HEALTHY)

    await writeFile(join(home, 'config.json'), '{}', { mode: 0o600 })
    if (ordinaryUser !== undefined) spawnSync('chown', ['0', join(home, 'config.json')])
    else await chmod(join(home, 'config.json'), 0)
    const closed = runAsOrdinaryUser(home, ['doctor', 'config'])
    expect(closed.code).toBe(1)
    expect(closed.output).toMatch(
      /config\.json is wrong[\s\S]*no permission to read it[\s\S]*config\.invalid:config\.json/,
    )
  },
)
