import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { long, whole } from '@pluggram/testing/long'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ask, botMessages, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { ROOT, startProgram, stopAllPrograms } from './support/program.ts'
import type { Program } from './support/program.ts'
import { createNpm, createRelease, removeReleases } from './support/release.ts'
import type { Patch } from './support/release.ts'

const START = 'apps/assistant/src/cli/start-command.ts'
const BEGIN = '  const configuration = await loadUsable(cli)'
const STORAGE = 'apps/assistant/src/health/storage-health.ts'
const HEALTHY = "if (failure === undefined) return { status: 'ok' }"

const DOES_NOT_START: Patch = { file: START, from: BEGIN, to: `throw new Error('broken release')\n${BEGIN}` }
const NEVER_READY: Patch = {
  file: STORAGE,
  from: HEALTHY,
  to: "if (failure === undefined) return { status: 'failed', reason: 'broken' }",
}
const FAILS_LATER: Patch = {
  file: STORAGE,
  from: HEALTHY,
  to: "if (failure === undefined) return isEarly() ? { status: 'ok' } : { status: 'failed', reason: 'worn out' }",
}
/** It was well for some seconds, however long its start took. */
const LATER: Patch = {
  file: STORAGE,
  from: 'export ',
  to: 'let well = 0\nconst isEarly = () => performance.now() - (well ||= performance.now()) < 4_000\nexport ',
}
/** A newer form of the database. */
const MIGRATES: Patch = {
  file: 'packages/storage/src/sqlite/schema.ts',
  from: 'export const SCHEMA_VERSION = MIGRATIONS.length',
  to: ";(MIGRATIONS as string[]).push('CREATE TABLE newer (id INTEGER) STRICT;')\nexport const SCHEMA_VERSION = MIGRATIONS.length",
}

type Broken = readonly [name: string, patches: readonly Patch[], words: RegExp]
const CHANGES_AND_FAILS: Broken = [
  'changes the database, is ready and then fails',
  [FAILS_LATER, LATER, MIGRATES],
  /The database is that of the restore point[^]*did not work \(it is no longer ready: storage \(worn out\)/,
]
const BROKEN: Broken[] = long<Broken[]>(
  [CHANGES_AND_FAILS],
  [
    ['does not start', [DOES_NOT_START], /did not work \(it ended with exit code/],
    ['starts and is never ready', [NEVER_READY], /did not work \(it is not ready: storage \(broken\)/],
    [
      'is ready and then fails',
      [FAILS_LATER, LATER],
      /did not work \(it is no longer ready: storage \(worn out\)/,
    ],
    CHANGES_AND_FAILS,
  ],
)
const KILLED_AT: RegExp[] = long<RegExp[]>(
  [],
  whole([/3\/5/, /Going back/], [/1\/5/, /2\/5/, /3\/5/, /4\/5/, /-from-/, /5\/5/, /Going back/]),
)

const ECHO = `export default class {
  static manifest = { commands: { count: { description: 'Counts' } } }
  constructor(config, services) { this.store = services.store }
  async processMessage(message, context) {
    if (context.command) return { success: true, response: 'counted ' + (await this.store.get('count') ?? 0) }
    await this.store.set('count', (await this.store.get('count') ?? 0) + 1)
    return { success: true, response: 'echo ' + message }
  }
}`

/** An owner with an assistant of their own, which runs. */
interface Owner {
  readonly home: string
  readonly emulator: RunningEmulator
  readonly ada: EmulatedUser
  /** Runs `pluggram …` as an owner does; the home decides which release answers. */
  pluggram(...args: string[]): Program
  run(...args: string[]): Promise<{ code: number | NodeJS.Signals; output: string }>
  runningVersion(): Promise<string>
  /** What the plugin counted. */
  counted(): Promise<unknown>
}

let npm: string
const owners: Owner[] = []

async function createOwner(): Promise<Owner> {
  const emulator = await startEmulator()
  const ada = await createPerson(emulator.driver)
  const home = await createHome({
    'plugins/echo.js': ECHO,
    'plugins_config.json': { enabled_plugins: { echo: true, ai_chatbot: false } },
    'config.json': { access: { mode: 'everyone' } },
  })
  const environment = {
    PATH: `${npm}${delimiter}${process.env['PATH']}`,
    PLUGGRAM_HOME: home,
    PORT: '0',
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: emulator.url,
  }
  const owner: Owner = {
    home,
    emulator,
    ada,
    pluggram: (...args) => startProgram('apps/assistant/bin/pluggram.js', args, { environment }),
    async run(...args) {
      const program = owner.pluggram(...args)
      return { code: await program.exited, output: program.output() }
    },
    async runningVersion() {
      const { output } = await owner.run('status', '--json')
      return (JSON.parse(output) as { version: string }).version
    },
    counted: () => ask(emulator.driver, ada, '/count'),
  }
  owners.push(owner)
  await owner.pluggram('start').waitFor(/login\?token/)
  return owner
}

async function ownVersion(): Promise<string> {
  return (JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version
}

beforeAll(async () => {
  npm = await createNpm()
})

afterEach(async () => {
  // what an upgrade starts outlives it
  await Promise.all(owners.splice(0).map(({ run }) => run('stop')))
  await stopAllPrograms()
})

afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
  await removeReleases()
})

describe('upgrade', () => {
  test('names what would break, and changes nothing without --yes', async () => {
    const { emulator, ada, home, run, runningVersion } = await createOwner()
    await ask(emulator.driver, ada, 'one')
    const next = await createRelease('0.9.0', [
      {
        file: 'packages/config/src/settings-schema.ts',
        from: '    backup: backupSettings.prefault({}),\n',
        to: '',
      },
      MIGRATES,
    ])
    await writeFile(
      join(home, 'config.json'),
      JSON.stringify({ access: { mode: 'everyone' }, backup: { keep: 3 } }),
    )
    await writeFile(
      join(home, 'plugins/package.json'),
      JSON.stringify({ type: 'module', engines: { pluggram: '^0.1.0' } }),
    )
    const check = await run('upgrade', next, '--check')
    expect(check.output).toMatch(/What would break:[\s\S]*backup/)
    expect(check.output).toMatch(/The plugin echo is made for Pluggram \^0\.1\.0/)
    expect(check.output).toContain('The database changes its form')
    expect(await runningVersion()).toBe(await ownVersion())
    const unconfirmed = await run('upgrade', next)
    expect(unconfirmed).toMatchObject({ code: 1, output: expect.stringContaining('Nothing was changed') })
    expect((await run('upgrade', join(home, 'plugins'), '--yes')).output).toContain(
      'is no release of Pluggram',
    )
    await writeFile(join(home, 'config.json'), JSON.stringify({ access: { mode: 'everyone' } }))
    await writeFile(join(home, 'plugins/package.json'), JSON.stringify({ type: 'module' }))
  })

  test.each(BROKEN)('goes back by itself from a release that %s', async (_name, patches, words) => {
    const { emulator, ada, run, runningVersion, counted } = await createOwner()
    const next = await createRelease('0.9.1', patches)
    const count = await counted()
    const before = await botMessages(emulator.driver, ada.id, 0)
    const ready = patches.includes(NEVER_READY) ? '20' : '90'
    const { code, output } = await run('upgrade', next, '--yes', '--watch', '2', '--ready', ready)
    expect(output).toMatch(words)
    expect(code).toBe(75)
    expect(output).toContain('runs again')
    expect(await runningVersion()).toBe(await ownVersion())
    expect(await counted()).toEqual(count)
    // nothing was sent twice
    expect((await botMessages(emulator.driver, ada.id, 0)).length).toBe(before.length + 1)
  })

  test('to a release that works, also from a tarball; and back', async () => {
    const { emulator, ada, pluggram, run, runningVersion, counted } = await createOwner()
    const next = await createRelease('0.9.2', [MIGRATES], false)
    const tarball = join(next, '..', 'release.tgz')
    execFileSync('tar', ['-czf', tarball, '-C', join(next, '..'), '0.9.2'])
    await ask(emulator.driver, ada, 'two')
    const count = await counted()
    const { code, output } = await run('upgrade', tarball, '--yes', '--watch', '0.05')
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining('Pluggram 0.9.2 runs'),
    })
    expect(await runningVersion()).toBe('0.9.2')
    expect(await counted()).toEqual(count)
    // the next start runs it, too
    await run('stop')
    await pluggram('start').waitFor(/login\?token/)
    expect(await runningVersion()).toBe('0.9.2')
    const points = await run('restore-points')
    expect(points.output).toMatch(/-from-\d/)
    const back = await run('upgrade', '--undo')
    expect(back).toMatchObject({ code: 0, output: expect.stringContaining('runs again') })
    expect(await runningVersion()).toBe(await ownVersion())
    expect(await counted()).toEqual(count)
    const name = points.output.split(/\s/)[0] ?? ''
    expect((await run('restore-points', 'remove', name)).output).toContain('Removed')
  })

  test.each(KILLED_AT)('killed at %s, it leaves a home that starts, with everything in it', async (step) => {
    const { emulator, ada, pluggram, run, runningVersion, counted } = await createOwner()
    await ask(emulator.driver, ada, 'three')
    const count = await counted()
    const next = await createRelease('0.9.3', [FAILS_LATER, LATER, MIGRATES])
    const upgrading = pluggram('upgrade', next, '--yes', '--watch', '2', '--ready', '90')
    await upgrading.waitFor(step)
    await upgrading.stop('SIGKILL')
    // whatever it started goes on; otherwise the owner starts it
    const started = pluggram('start')
    await Promise.race([started.waitFor(/login\?token/), started.exited])
    await expect.poll(() => runningVersion(), { timeout: 60_000 }).toMatch(/^0\./)
    expect(await counted()).toEqual(count)
    const undone = await run('upgrade', '--undo')
    expect(undone.output).toMatch(/runs again|no upgrade to undo/)
    if ((await run('status')).code !== 0) await pluggram('start').waitFor(/login\?token/)
    expect(await runningVersion()).toBe(await ownVersion())
    expect(await counted()).toEqual(count)
  })
})
