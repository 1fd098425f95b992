import { spawn, spawnSync } from 'node:child_process'
import { chmod, copyFile, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createHome, removeHomes } from './support/home.ts'
import { ROOT } from './support/program.ts'

const KEY = 'sk-stored-4fQ9zL2mXw7Kd'
const OTHER = 'ghp_storedB8nT5vR1yHq3Js6Ua'

afterAll(removeHomes)

interface Ended {
  readonly code: number | null
  readonly output: string
}

/** Runs `pluggram secrets …` as its owner would, with the value on standard input. */
function secrets(
  home: string,
  args: readonly string[],
  input = '',
  environment: NodeJS.ProcessEnv = {},
): Ended {
  return run(home, ['secrets', ...args], { input, environment })
}

function run(
  home: string,
  args: readonly string[],
  { input = '', environment = {} }: { readonly input?: string; readonly environment?: NodeJS.ProcessEnv },
): Ended {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'apps/assistant/src/main.ts'), ...args],
    {
      cwd: ROOT,
      encoding: 'utf8',
      input,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, PLUGGRAM_HOME: home, ...environment },
    },
  )
  expect(stdout + stderr, 'a value was shown').not.toMatch(/4fQ9zL2m|B8nT5vR1/)
  return { code: status, output: stdout + stderr }
}

describe('the encrypted store', () => {
  test('keeps what was set, lists it without values, and removes it', async () => {
    const home = await createHome({
      '.env': 'MCP_TOKEN=in-the-env-file-0815\n',
      'peer.txt': 'peer-Tok3n-in-a-file\n',
    })
    const environment = { ANTHROPIC_API_KEY_FILE: 'peer.txt' }
    expect(secrets(home, ['set', 'OPENAI_API_KEY'], `\ufeff${KEY}\r\n`)).toMatchObject({ code: 0 })
    expect(secrets(home, ['set', 'news.github'], OTHER).output).toContain('news.github is set')

    const [store, key] = [join(home, 'secrets.age'), join(home, 'secrets.key')]
    const modes = await Promise.all([store, key].map(async (file) => (await stat(file)).mode & 0o777))
    expect(modes).toEqual([0o600, 0o600])
    const content = await readFile(store, 'latin1')
    expect(content).toMatch(/^age-encryption\.org\/v1\n/)
    expect(content).not.toContain('OPENAI')

    const { output, code } = secrets(home, ['list', '--json'], '', environment)
    expect(code).toBe(0)
    expect(JSON.parse(output)).toEqual([
      { name: 'ANTHROPIC_API_KEY', from: join(home, 'peer.txt') },
      { name: 'MCP_TOKEN', from: '.env:1' },
      { name: 'OPENAI_API_KEY', from: 'secrets.age', changedAt: expect.stringMatching(/^2\d{3}-/) },
      { name: 'news.github', from: 'secrets.age', changedAt: expect.stringMatching(/^2\d{3}-/) },
    ])

    expect(secrets(home, ['remove', 'OPENAI_API_KEY'])).toMatchObject({ code: 0 })
    expect(secrets(home, ['remove', 'OPENAI_API_KEY'])).toMatchObject({ code: 1 })
    expect(secrets(home, ['list']).output).not.toContain('OPENAI_API_KEY')
  })

  test.skipIf(spawnSync('script', ['--version']).status !== 0)(
    'asks in a terminal, which shows nothing of what is typed',
    async () => {
      const home = await createHome()
      const command = `'${process.execPath}' '${join(ROOT, 'apps/assistant/src/main.ts')}' secrets set OPENAI_API_KEY`
      const child = spawn('script', ['-qefc', command, '/dev/null'], {
        env: { PATH: process.env.PATH, HOME: process.env.HOME, PLUGGRAM_HOME: home, TERM: 'xterm' },
      })
      let shown = ''
      const asked = Promise.withResolvers<void>()
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        shown += text
        if (shown.includes('(not shown): ')) asked.resolve()
      })
      await asked.promise
      // pasted, with a character that was deleted
      child.stdin.write(`\u001b[200~${KEY}X\u007f\u001b[201~\r`)
      await new Promise((resolve) => child.once('close', resolve))
      expect(shown).toContain('OPENAI_API_KEY is set.')
      expect(shown).not.toContain(KEY.slice(0, 8))
      expect(secrets(home, ['list']).output).toContain('OPENAI_API_KEY')
    },
  )

  test('takes no value from the command line, no example, and nothing that the assistant would refuse', async () => {
    const home = await createHome()
    for (const args of [
      ['set', 'OPENAI_API_KEY', KEY],
      ['set', `OPENAI_API_KEY=${KEY}`],
    ]) {
      const { code, output } = secrets(home, args)
      expect(code).toBe(64)
      expect(output).toContain('does not belong on the command line')
    }
    const refused = [
      ['OPENAI_API_KEY', 'sk-...', 'an example from instructions'],
      ['OPENAI_API_KEY', ' \n', 'no value was given'],
      ['TELEGRAM_BOT_TOKEN', 'not a token', 'a token as @BotFather gives it'],
      ['PLUGGRAM_PASSWORD', 'password123', 'a password that everybody tries first'],
      ['news.github', '<token>', 'an example from instructions'],
    ]
    for (const [name = '', value, reason] of refused) {
      const { code, output } = secrets(home, ['set', name], value)
      expect([code, output]).toEqual([65, expect.stringContaining(`${name} was not set: `)])
      expect(output).toContain(reason)
    }
    expect(secrets(home, ['set', 'no name'], KEY)).toMatchObject({ code: 64 })
    await expect(stat(join(home, 'secrets.age'))).rejects.toThrow('ENOENT')
  })

  test('says in one sentence what is wrong with the key or the store, and what to do', async () => {
    const home = await createHome()
    secrets(home, ['set', 'OPENAI_API_KEY'], KEY)
    const [store, key] = [join(home, 'secrets.age'), join(home, 'secrets.key')]
    await copyFile(key, join(home, 'kept.key'))
    const kept = { PLUGGRAM_SECRETS_KEY_FILE: 'kept.key' }
    await chmod(join(home, 'kept.key'), 0o600)

    await chmod(key, 0o644)
    expect(secrets(home, ['list'])).toMatchObject({ code: 77, output: expect.stringContaining('chmod 600') })
    await writeFile(key, 'no key\n', { mode: 0o600 })
    await chmod(key, 0o600)
    expect(secrets(home, ['list'])).toMatchObject({
      code: 78,
      output: expect.stringContaining('is not the key'),
    })
    const other = await createHome()
    secrets(other, ['set', 'OPENAI_API_KEY'], KEY)
    await copyFile(join(other, 'secrets.key'), key)
    expect(secrets(home, ['list'])).toMatchObject({
      code: 78,
      output: expect.stringContaining('does not open'),
    })
    const missing = secrets(home, ['list'], '', { PLUGGRAM_SECRETS_KEY_FILE: 'nowhere.key' })
    expect(missing).toMatchObject({ code: 66, output: expect.stringContaining('is missing') })
    expect(secrets(home, ['list'], '', kept)).toMatchObject({ code: 0 })

    // systemd hands the key over in a folder of its own
    await copyFile(join(home, 'kept.key'), join(home, 'pluggram-secrets-key'))
    const systemd = { CREDENTIALS_DIRECTORY: home }
    expect(secrets(home, ['list'], '', systemd)).toMatchObject({ code: 0 })
    expect(secrets(home, ['rotate'], '', systemd)).toMatchObject({ code: 78 })

    await truncate(store, 180)
    const damaged = secrets(home, ['list'], '', kept)
    expect(damaged).toMatchObject({ code: 65, output: expect.stringContaining('is damaged') })
    expect(damaged.output.trim().split('\n')).toHaveLength(1)
  })

  test('gets another key, and the old one opens it no more', async () => {
    const home = await createHome()
    secrets(home, ['set', 'OPENAI_API_KEY'], KEY)
    await copyFile(join(home, 'secrets.key'), join(home, 'old.key'))
    expect(secrets(home, ['rotate'])).toMatchObject({ code: 0 })
    expect(secrets(home, ['list'], '', { PLUGGRAM_SECRETS_KEY_FILE: 'old.key' })).toMatchObject({ code: 78 })
    expect(secrets(home, ['list'])).toMatchObject({
      code: 0,
      output: expect.stringContaining('OPENAI_API_KEY'),
    })
  })

  test('reports what is set twice, weak, or in a file that cannot be read', async () => {
    const home = await createHome({ '.env': 'OPENAI_API_KEY=sk-another-key-than-the-store\n' })
    secrets(home, ['set', 'OPENAI_API_KEY'], KEY)
    await writeFile(join(home, 'empty.txt'), '\n')
    const environment = {
      MCP_TOKEN_FILE: '/nowhere/token',
      TELEGRAM_BOT_TOKEN_FILE: 'empty.txt',
      ANTHROPIC_API_KEY: 'your-key-here',
    }
    const { code, output } = secrets(home, ['check'], '', environment)
    expect(code).toBe(1)
    for (const words of [
      'OPENAI_API_KEY: two values are set: the one in .env (line 1) counts, and the one in secrets.age does not',
      'MCP_TOKEN_FILE: expected a file with the value of MCP_TOKEN, but got /nowhere/token, which does not exist',
      'TELEGRAM_BOT_TOKEN_FILE: expected a file with the value of TELEGRAM_BOT_TOKEN',
      'ANTHROPIC_API_KEY: expected a secret of your own, but got an example from instructions',
    ])
      expect(output).toContain(words)
    const findings = JSON.parse(run(home, ['doctor', '--offline', '--json'], { environment }).output) as {
      id: string
    }[]
    const ids = findings.map(({ id }) => id)
    expect(ids).toEqual(
      expect.arrayContaining(['secret.twice:OPENAI_API_KEY', 'secret.weak:ANTHROPIC_API_KEY']),
    )
  })
})
