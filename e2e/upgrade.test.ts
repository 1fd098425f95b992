import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { long } from '@pluggram/testing/long'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
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
  to: "if (failure === undefined) return performance.now() < 12_000 ? { status: 'ok' } : { status: 'failed', reason: 'worn out' }",
}
/** A newer form of the database. */
const MIGRATES: Patch = {
  file: 'packages/storage/src/sqlite/schema.ts',
  from: 'export const SCHEMA_VERSION = MIGRATIONS.length',
  to: ";(MIGRATIONS as string[]).push('CREATE TABLE newer (id INTEGER) STRICT;')\nexport const SCHEMA_VERSION = MIGRATIONS.length",
}

type Broken = readonly [name: string, patches: readonly Patch[], words: RegExp]
const NOT_READY_ANY_MORE = /did not work \(it is no longer ready: storage \(worn out\)/
const BROKEN: Broken[] = long<Broken[]>(
  [
    ['does not start', [DOES_NOT_START], /did not work \(it ended with exit code/],
    ['starts and is never ready', [NEVER_READY], /did not work \(it is not ready: storage \(broken\)/],
    [
      'changes the database, is ready and then fails',
      [FAILS_LATER, MIGRATES],
      /The database is that of the restore point/,
    ],
  ],
  [['is ready and then fails', [FAILS_LATER], NOT_READY_ANY_MORE]],
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

let emulator: RunningEmulator
let ada: EmulatedUser
let home: string
let npm: string

/** Runs `pluggram …` as an owner does; the home decides which release answers. */
function pluggram(...args: string[]): Program {
  return startProgram('apps/assistant/bin/pluggram.js', args, {
    environment: {
      PATH: `${npm}${delimiter}${process.env['PATH']}`,
      PLUGGRAM_HOME: home,
      PORT: '0',
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: emulator.url,
    },
  })
}

async function run(...args: string[]): Promise<{ code: number | NodeJS.Signals; output: string }> {
  const program = pluggram(...args)
  return { code: await program.exited, output: program.output() }
}

async function runningVersion(): Promise<string> {
  const { output } = await run('status', '--json')
  return (JSON.parse(output) as { version: string }).version
}

async function ownVersion(): Promise<string> {
  return (JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version
}

beforeAll(async () => {
  emulator = await startEmulator()
  ada = await createPerson(emulator.driver)
  npm = await createNpm()
  home = await createHome({
    'plugins/echo.js': ECHO,
    'plugins_config.json': { enabled_plugins: { echo: true, ai_chatbot: false } },
    'config.json': { access: { mode: 'everyone' } },
  })
})

beforeEach(async () => {
  await pluggram('start').waitFor(/login\?token/)
})

afterEach(async () => {
  // what an upgrade starts outlives it
  await run('stop')
})

afterAll(async () => {
  await stopAllPrograms()
  await removeHomes()
  await removeReleases()
})

describe('upgrade', () => {
  test('names what would break, and changes nothing without --yes', async () => {
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
    const next = await createRelease('0.9.1', patches)
    const counted = await ask(emulator.driver, ada, '/count')
    const before = await botMessages(emulator.driver, ada.id, 0)
    const ready = patches.includes(NEVER_READY) ? '20' : '90'
    const { code, output } = await run('upgrade', next, '--yes', '--watch', '2', '--ready', ready)
    expect(output).toMatch(words)
    expect(code).toBe(75)
    expect(output).toContain('runs again')
    expect(await runningVersion()).toBe(await ownVersion())
    expect(await ask(emulator.driver, ada, '/count')).toEqual(counted)
    // nothing was sent twice
    expect((await botMessages(emulator.driver, ada.id, 0)).length).toBe(before.length + 1)
  })

  test('to a release that works, also from a tarball; and back', async () => {
    const next = await createRelease('0.9.2', [MIGRATES], false)
    const tarball = join(next, '..', 'release.tgz')
    execFileSync('tar', ['-czf', tarball, '-C', join(next, '..'), '0.9.2'])
    await ask(emulator.driver, ada, 'two')
    const counted = await ask(emulator.driver, ada, '/count')
    const { code, output } = await run('upgrade', tarball, '--yes', '--watch', '0.05')
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining('Pluggram 0.9.2 runs'),
    })
    expect(await runningVersion()).toBe('0.9.2')
    expect(await ask(emulator.driver, ada, '/count')).toEqual(counted)
    // the next start runs it, too
    await run('stop')
    await pluggram('start').waitFor(/login\?token/)
    expect(await runningVersion()).toBe('0.9.2')
    const points = await run('restore-points')
    expect(points.output).toMatch(/-from-\d/)
    const back = await run('upgrade', '--undo')
    expect(back).toMatchObject({ code: 0, output: expect.stringContaining('runs again') })
    expect(await runningVersion()).toBe(await ownVersion())
    expect(await ask(emulator.driver, ada, '/count')).toEqual(counted)
    const name = points.output.split(/\s/)[0] ?? ''
    expect((await run('restore-points', 'remove', name)).output).toContain('Removed')
  })

  test.each(long([/3\/5/, /4\/5/], [/1\/5/, /2\/5/, /-from-/, /5\/5/, /Going back/]))(
    'killed at %s, it leaves a home that starts, with everything in it',
    async (step) => {
      await ask(emulator.driver, ada, 'three')
      const counted = await ask(emulator.driver, ada, '/count')
      const next = await createRelease('0.9.3', [FAILS_LATER, MIGRATES])
      const upgrading = pluggram('upgrade', next, '--yes', '--watch', '2', '--ready', '90')
      await upgrading.waitFor(step)
      await upgrading.stop('SIGKILL')
      // whatever it started goes on; otherwise the owner starts it
      const started = pluggram('start')
      await Promise.race([started.waitFor(/login\?token/), started.exited])
      await expect.poll(() => runningVersion(), { timeout: 60_000 }).toMatch(/^0\./)
      expect(await ask(emulator.driver, ada, '/count')).toEqual(counted)
      const undone = await run('upgrade', '--undo')
      expect(undone.output).toMatch(/runs again|no upgrade to undo/)
      if ((await run('status')).code !== 0) await pluggram('start').waitFor(/login\?token/)
      expect(await runningVersion()).toBe(await ownVersion())
      expect(await ask(emulator.driver, ada, '/count')).toEqual(counted)
    },
  )
})
