import { execFileSync, spawnSync } from 'node:child_process'
import { chmod, chown, mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { ordinaryUser, ordinaryUserProblem, runAsOrdinaryUser } from './support/command.ts'
import { createBareHome, removeHomes } from './support/home.ts'
import { ROOT } from './support/program.ts'

afterEach(removeHomes)

interface Case {
  readonly args?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly code: number
  /** The whole of standard error. */
  readonly says: RegExp
  /** Spoils the home, which is the ordinary user's. */
  spoil?(home: string): Promise<unknown>
}

const CLOSED = 0o000

/** Only root sees into closed folders. */
const filesOf = (home: string): Promise<string[]> => readdir(home, { recursive: true }).catch(() => [])

const CASES: Readonly<Record<string, Case>> = {
  'a home that may not be written': {
    code: 77,
    says: /^This account may not read or write \S+\/data.*\. Give it the right to, or choose another home.*\n$/,
    spoil: (home) => chmod(home, 0o500),
  },
  'data/ that may not be read': {
    code: 77,
    says: /^This account may not read or write \S+\/data\/assistant\.lock\..* The account has the number \d+\.\n$/,
    async spoil(home) {
      await mkdir(join(home, 'data'))
      await chmod(join(home, 'data'), CLOSED)
    },
  },
  'the same, for a command': {
    args: ['replay'],
    code: 77,
    says: /^This account may not read or write \S+\/data\S*\. Give it the right to.*\n$/,
    async spoil(home) {
      await mkdir(join(home, 'data'))
      await chmod(join(home, 'data'), CLOSED)
    },
  },
  'data is a file': {
    code: 73,
    says: /^\S+\/data\S* cannot be created: .*\. Move away what is there, or choose another home.*\n$/,
    spoil: (home) => writeFile(join(home, 'data'), ''),
  },
  'the database is a folder': {
    code: 73,
    says: /^\S+\/pluggram\.db cannot be created: .*\n$/,
    spoil: (home) => mkdir(join(home, 'data/pluggram.db'), { recursive: true }),
  },
  'a session key that is a folder': {
    code: 73,
    says: /^\S+\/session\.key cannot be created: .*\n$/,
    spoil: (home) => mkdir(join(home, 'data/session.key'), { recursive: true }),
  },
  'no such home': {
    environment: { PLUGGRAM_HOME: '/no/such/home' },
    code: 66,
    says: /^\/no\/such\/home: .*does not exist\. Create it with "npx pluggram init.*\n$/,
  },
  'a configuration with errors': {
    code: 78,
    says: /^The configuration has errors:\n {2}config\.json:1:\d+: http\.port: .*\n$/,
    spoil: (home) => writeFile(join(home, 'config.json'), '{ "http": { "port": "many" } }'),
  },
  'an address that is not ours': {
    environment: { HOST: '192.0.2.7', PLUGGRAM_PASSWORD: 'long enough' },
    code: 78,
    says: /^This machine has no address 192\.0\.2\.7\. Set HOST.*\n$/,
  },
  'an option that does not exist': {
    args: ['start', '--saef'],
    code: 64,
    says: /^Unknown option "--saef" \(Did you mean --safe\?\)\..*--help.*\n$/,
  },
  'a command that does not exist': {
    args: ['strat'],
    code: 64,
    says: /^Unknown command "strat" \(Did you mean (?:one of )?(?:start|status)[^\n]*\n$/,
  },
  'a missing argument': {
    args: ['plugins', 'enable'],
    code: 64,
    says: /^Missing required argument "name"\..*\n$/,
  },
  'a link of an assistant that does not run': {
    args: ['login'],
    code: 69,
    says: /^The assistant is not running in \S+\. Start it there \("npx pluggram start"\).*\n$/,
  },
}

const problem = ordinaryUserProblem()

describe.skipIf(problem !== undefined)(`a failed command says one sentence and ends with its code`, () => {
  test.each(Object.keys(CASES))('%s', async (name) => {
    const { args = ['start'], environment, code, says, spoil } = CASES[name] as Case
    const home = await createBareHome()
    await spoil?.(home)
    if (ordinaryUser !== undefined) execFileSync('chown', ['-R', String(ordinaryUser), home])
    const before = await filesOf(home)
    const ended = runAsOrdinaryUser(home, args, environment)
    expect(ended.errors).toMatch(says)
    expect(ended.code).toBe(code)
    // the log, which is JSON, goes to standard output; no stack in either
    expect(ended.output.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([])
    expect(ended.output).not.toMatch(/\n\s+at /)
    const made = (await filesOf(home)).filter((file) => !before.includes(file))
    expect(made.filter((file) => /tmp$|unfinished/.test(file))).toEqual([])
    // so that it can be removed by whoever runs the tests
    await chmod(home, 0o700)
    await chmod(join(home, 'data'), 0o700).catch(() => {})
    if (ordinaryUser !== undefined) await chown(home, 0, 0)
  })

  test('a port that another program uses', async () => {
    const home = await createBareHome()
    if (ordinaryUser !== undefined) await chown(home, ordinaryUser, ordinaryUser)
    const server = createServer()
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const PORT = String((server.address() as AddressInfo).port)
    expect(runAsOrdinaryUser(home, ['start'], { PORT })).toMatchObject({
      code: 69,
      errors: expect.stringMatching(new RegExp(`^Port ${PORT} is taken by another program\\..*\n$`)),
    })
    server.close()
  })
})

test('output that the disk does not take ends with a code, and a reader that went away does not', async ({
  skip,
}) => {
  if (process.platform !== 'linux') skip('only Linux has /dev/full')
  const home = await createBareHome()
  const run = (to: string) =>
    spawnSync('sh', ['-c', `"${process.execPath}" apps/assistant/src/main.ts plugins ${to}`], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, PLUGGRAM_HOME: home },
    }).status
  expect(run('> /dev/full')).toBe(74)
  expect(run('| head -c 1')).toBe(0)
})

test('a script that is given an option it does not know says so in one line', () => {
  for (const script of ['scripts/measures.ts', 'scripts/mutation.ts']) {
    const { status, stderr } = spawnSync(process.execPath, [script, '--fast'], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    expect(stderr).toMatch(/^Unknown option '--fast'.*\n$/)
    expect(status).toBe(64)
  }
})
