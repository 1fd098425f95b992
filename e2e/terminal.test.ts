import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { runCommand } from './support/command.ts'
import { startEmulator, TOKEN } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { ROOT, startProgram, stopAllPrograms } from './support/program.ts'

const terminals = new Set<ChildProcess>()

afterEach(async () => {
  for (const child of terminals) {
    child.kill('SIGKILL')
    await once(child, 'close')
  }
  await stopAllPrograms()
  await removeHomes()
})

interface Status {
  readonly name: string
  readonly pid: number
  readonly startedAt: string
  readonly isReady: boolean
  readonly plugins: readonly { readonly name: string; readonly state: string }[]
}

test('status, logs, plugins, restart and stop reach the running assistant, and say so when none runs', async () => {
  const home = await createHome({
    'config.json': { assistant: { name: 'Ada' } },
    'plugins_config.json': { enabled_plugins: { dice: true } },
  })
  for (const command of ['status', 'stop', 'restart', 'logs'])
    expect(await runCommand(home, command)).toEqual({
      code: 69,
      output: expect.stringMatching(
        /^The assistant is not running in \S+\. Start it there \("npx pluggram start"\), .*\n$/,
      ),
    })

  const assistant = await startAssistant(home)
  // the home by an option, wherever it stands
  const elsewhere = await createHome()
  const status = async (): Promise<Status> =>
    JSON.parse((await runCommand(elsewhere, '--home', home, 'status', '--json')).output) as Status
  const first = await status()
  expect(first).toMatchObject({
    name: 'Ada',
    pid: assistant.pid,
    isPlayground: true,
    url: assistant.url,
    home,
    model: { isDemo: true },
    plugins: expect.arrayContaining([expect.objectContaining({ name: 'dice' })]),
  })
  expect(await runCommand(home, 'status')).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^Working\. .*\nAda +ready/),
  })

  const listed = JSON.parse((await runCommand(home, 'plugins', 'list', '--json')).output) as unknown
  expect(listed).toContainEqual(expect.objectContaining({ name: 'dice', isOn: true, origin: 'shipped' }))
  expect(JSON.parse((await runCommand(home, 'schedules', '--json')).output)).toEqual([])

  const logs = await runCommand(home, 'logs', '-n', '500')
  expect(logs).toMatchObject({ code: 0, output: expect.stringMatching(/ INFO +starting in /) })
  const lines = (await runCommand(home, 'logs', '--json')).output.trim().split('\n')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', msg: expect.any(String) as string })
  expect((await runCommand(home, 'logs', '-n', 'many')).code).toBe(64)

  const following = startProgram('apps/assistant/src/main.ts', ['logs', '-f', '--home', home])
  await following.waitFor(/ready in/)
  expect(await runCommand(home, 'restart')).toEqual({ code: 0, output: 'The assistant has restarted.\n' })
  const second = await status()
  expect(second.pid).toBe(first.pid)
  expect(second.startedAt > first.startedAt).toBe(true)

  expect(await runCommand(home, 'stop')).toEqual({ code: 0, output: 'The assistant has stopped.\n' })
  expect(await assistant.exited).toBe(0)
  expect(await following.exited).toBe(0)
  expect(following.output()).toMatch(/The assistant has stopped\.\n$/)
  expect((await runCommand(home, 'status')).code).toBe(69)
})

test('config check loads the plugins that are on, and reports what is wrong in their blocks', async () => {
  const home = await createHome({
    'plugins/weather.ts': `import { defineManifest, z } from '@pluggram/sdk'
export default class {
  static manifest = defineManifest({ config: z.object({ api_key: z.string(), days: z.number() }) })
  processMessage() { return undefined }
}`,
    'plugins/broken.js': 'export default class {',
    'config.json':
      '{ "plugins": {\n"dice": { "max_dice": "many" },\n"weather": { "days": 3, "dayz": 4 },\n"reminders": { "colour": "red" } } }',
    'plugins_config.json': {
      enabled_plugins: { dice: true, weather: true, broken: true, reminders: true },
    },
  })
  const { code, output } = await runCommand(home, 'config', 'check')
  expect(code).toBe(1)
  expect(output).toMatch(/error +config\.json:2:\d+: plugins\.dice\.max_dice: expected/)
  expect(output).toMatch(/error +config\.json:3:\d+: .*Missing required config: plugins\.weather\.api_key/)
  expect(output).toMatch(/error +Plugin broken cannot be loaded/)
  expect(output).toMatch(/(?:error|warning) +config\.json:4:\d+: plugins\.reminders\.colour/)
  const json = JSON.parse((await runCommand(home, 'config', 'check', '--json')).output) as unknown[]
  expect(json).toContainEqual({ severity: 'error', text: expect.stringContaining('max_dice') })
})

test('every command has help with examples, and what is mistyped is told with what was meant', async () => {
  const home = await createHome()
  const folder = join(ROOT, 'apps/assistant/src/cli/commands')
  for (const file of readdirSync(folder)) {
    const { commands } = (await import(join(folder, file))) as {
      commands: readonly { words: string; examples?: Readonly<Record<string, string>>; run?: unknown }[]
    }
    for (const { words, examples = {}, run } of commands) {
      if (!run) continue
      expect({ words, count: Object.keys(examples).length }).not.toEqual({ words, count: 0 })
      for (const example of Object.keys(examples)) expect(example).toContain(words.split(' ')[0])
    }
  }
  expect((await runCommand(home, 'plugins', 'grant', '--help')).output).toMatch(
    /Examples:\n +pluggram plugins grant my_plugin /,
  )
  for (const [typed, meant] of [
    [['plugins', 'enabel', 'dice'], 'plugins enable'],
    [['statsu'], 'status'],
    [['logs', '--folow'], '--follow'],
  ] as const) {
    const { code, output } = await runCommand(home, ...typed)
    expect({ code, output }).toEqual({ code: 64, output: expect.stringMatching(/^Unknown [^\n]*\n$/) })
    expect(output).toContain(meant)
  }
})

/** What a person sees who types a command in a terminal of their own. */
async function inTerminal(
  command: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ output(): string; waitFor(pattern: RegExp): Promise<void>; end(): Promise<void> }> {
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm', PORT: '0', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  terminals.add(child)
  const ended = once(child, 'close').finally(() => terminals.delete(child))
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  return {
    output: () => output,
    async waitFor(pattern) {
      await expect.poll(() => output).toMatch(pattern)
    },
    async end() {
      child.stdin.write('\u0003')
      await ended
    },
  }
}

const hasScript = ((): boolean => {
  try {
    execFileSync('script', ['--version'], { stdio: 'ignore' })
    return process.platform === 'linux'
  } catch {
    return false
  }
})()

test.runIf(hasScript)(
  'npm start in a terminal begins with what runs, the model, plugins, home, next step and how to stop',
  async () => {
    const home = await createHome({
      'config.json': { assistant: { name: 'Ada' } },
      'plugins_config.json': { enabled_plugins: { dice: true } },
    })
    const npm = await inTerminal('npm start', { PLUGGRAM_HOME: home, NO_COLOR: '1' })
    await npm.waitFor(/Stop +Ctrl\+C/)
    // V8's flags and npm's banner are gone from the screen
    const shown = onScreen(npm.output())
    expect(shown).not.toMatch(/--max-semi-space|^> /m)
    expect(shown).not.toContain('\u001B[')
    const lines = shown.split('\n').filter((line) => line.trim() !== '')
    expect(lines).toEqual([
      expect.stringMatching(
        /^Pluggram +\d+\.\d+\.\d+ · Ada is running in the playground: no bot token is set$/,
      ),
      expect.stringMatching(/^Model +the built-in demo/),
      expect.stringMatching(/^Plugins +.*dice/),
      `Home     ${home}`,
      expect.stringMatching(/^Next +open this page/),
      expect.stringMatching(/^ +http:\/\/127\.0\.0\.1:\d+\/login\?token=\S+ \(works once/),
      expect.stringMatching(/^Stop +Ctrl\+C, or "npx pluggram stop"/),
    ])
    await npm.end()
  },
)

/** What is left to see: the one thing that is done to the screen is to go up four lines and delete what is below. */
function onScreen(output: string): string {
  const lines = ['']
  const [first = '', ...rest] = output.replaceAll('\r\n', '\n').split('\u{1b}[4F\u{1b}[J')
  lines.push(...first.split('\n'))
  for (const part of rest) {
    lines.splice(lines.length - 5, Infinity)
    lines.push(...part.split('\n'))
  }
  return lines.join('\n')
}

test('a token that Telegram refuses ends the first start; a bot that has an owner waits for Telegram', async () => {
  const { url } = await startEmulator()
  const wrong = TOKEN.replace('emulated', 'mistyped')
  const environment = { PORT: '0', TELEGRAM_BOT_TOKEN: wrong, TELEGRAM_API_ROOT: url }
  const home = await createHome()
  const first = startProgram('apps/assistant/src/main.ts', ['start'], {
    environment: { ...environment, PLUGGRAM_HOME: home },
  })
  expect(await first.exited).toBe(78)
  expect(first.output()).toMatch(/^Telegram does not know this bot token\. Correct TELEGRAM_BOT_TOKEN/m)
  expect(first.output()).not.toContain(wrong)

  const owned = await createHome({ 'config.json': { access: { owners: [1] } } })
  const second = startProgram('apps/assistant/src/main.ts', ['start'], {
    environment: { ...environment, PLUGGRAM_HOME: owned },
  })
  await second.waitFor(/does not know this bot token.*retrying slowly/)
  expect((await runCommand(owned, 'status')).output).toMatch(/not ready[\s\S]*unauthorized/)
  expect(await second.stop()).toBe(0)
})
