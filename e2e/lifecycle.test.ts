import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { runCommand } from './support/command.ts'
import { ask, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { findFreePort } from './support/free-port.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startProgram, stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

/** Whoever presses Ctrl+C twice, or whose shell sends it to every process, still gets a clean end. */
async function endTwice(assistant: RunningAssistant, signal: NodeJS.Signals): Promise<void> {
  const startedAt = Date.now()
  process.kill(assistant.pid, signal)
  process.kill(assistant.pid, signal)
  expect(await assistant.exited).toBe(0)
  expect(Date.now() - startedAt).toBeLessThan(10_000)
  expect(assistant.output()).toContain('stopped')
}

test('a second one in the same home or on the same port is refused; SIGINT ends the first cleanly, also when it comes twice', async () => {
  const home = await createHome()
  const first = await startAssistant(home)
  const { port } = new URL(first.url)
  const start = (PLUGGRAM_HOME: string) =>
    startProgram('apps/assistant/src/main.ts', ['start'], { environment: { PLUGGRAM_HOME, PORT: port } })
  const [sameHome, samePort] = [start(home), start(await createHome())]
  expect(await sameHome.exited).toBe(75)
  expect(sameHome.output()).toContain('Another assistant runs in this home')
  expect(await samePort.exited).toBe(69)
  expect(samePort.output()).toMatch(new RegExp(`Port ${port} is taken.*PORT=`))
  expect(samePort.output()).not.toMatch(/\n\s+at /)
  await endTwice(first, 'SIGINT')
})

test('an answer under way is finished before it stops', async () => {
  const home = await createHome({
    'plugins/slow.js': `export default class {
      async processMessage(message) {
        if (message !== 'slow') return
        console.log('slow work begins')
        await new Promise((resolve) => setTimeout(resolve, 1_000))
        return { success: true, response: 'finished' }
      }
    }`,
    'plugins_config.json': { enabled_plugins: { slow: true } },
  })
  const emulator = await startEmulator()
  const assistant = await startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: emulator.url })
  const ada = await createPerson(emulator.driver)
  await write(emulator.driver, ada, 'slow')
  await assistant.waitFor(/slow work begins/)
  expect(await assistant.stop()).toBe(0)
  const { messages } = await emulator.driver.get<{ messages: { text: string }[] }>(
    `/chats/${ada.id}/messages`,
  )
  expect(messages.map((message) => message.text)).toEqual(['slow', 'finished'])
})

test('a public address without a password is refused', async () => {
  const program = startProgram('apps/assistant/src/main.ts', ['start'], {
    environment: { PLUGGRAM_HOME: await createHome(), PORT: '0', HOST: '0.0.0.0' },
  })
  expect(await program.exited).toBe(78)
  expect(program.output()).toContain('PLUGGRAM_PASSWORD')
})

test('the token is in no output, whatever Telegram answers', async () => {
  const home = await createHome()
  const assistant = startProgram('apps/assistant/src/main.ts', ['start'], {
    environment: {
      PLUGGRAM_HOME: home,
      PORT: '0',
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: 'http://127.0.0.1:9',
      LOG_LEVEL: 'trace',
    },
  })
  const [, url = ''] = await assistant.waitFor(/(http:\/\/\S+?)\/login/)
  await assistant.waitFor(/cannot|refused|unreachable|failed/i)
  const ready = await fetch(`${url}/readyz`)
  expect(ready.status).toBe(503)
  expect(await ready.json()).toMatchObject({
    status: 'not-ready',
    components: { receiving: { status: 'failed', source: 'unreachable' } },
  })
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  expect(await assistant.stop()).toBe(0)
  expect(assistant.output()).not.toContain(TOKEN)
  expect(assistant.output()).not.toContain(TOKEN.split(':')[1])
})

test('what a plugin stores, who is logged in and the playground’s chats survive a restart; nothing is answered twice; key files are the owner’s alone', async () => {
  const home = await createHome({
    'plugins/counter.js': `export default class {
      constructor(config, services) { this.store = services.store }
      async processMessage(message) {
        if (message !== 'count') return
        const count = ((await this.store.get('count')) ?? 0) + 1
        await this.store.set('count', count)
        return { success: true, data: { count } }
      }
    }`,
    'plugins_config.json': { enabled_plugins: { counter: true } },
  })
  const port = String(await findFreePort())
  const first = await startAssistant(home, { PORT: port })
  const session = await logIn(first)
  const ada = await createPerson(session)
  expect(await ask(session, ada, 'count')).toEqual(['count: 1'])
  await endTwice(first, 'SIGTERM')
  for (const file of ['session.key', 'door']) {
    expect((await stat(join(home, 'data', file))).mode & 0o077).toBe(0)
  }
  const second = await startAssistant(home, { PORT: port })
  const { users } = await session.get<{ users: { firstName: string }[] }>('/state')
  expect(users.map((user) => user.firstName)).toEqual(['Ada'])
  expect(await ask(session, ada, 'count')).toEqual(['count: 2'])
  const { messages } = await session.get<{ messages: { fromBot: boolean }[] }>(`/chats/${ada.id}/messages`)
  expect(messages.map((message) => message.fromBot)).toEqual([false, true, false, true])
  expect(await ask(session, await createPerson(session), 'count')).toEqual(['count: 3'])
  expect((await fetch(first.loginLink, { redirect: 'manual' })).status).toBe(401)
  await second.stop('SIGKILL')
  const third = await startAssistant(home, { PORT: port })
  expect(await ask(session, ada, 'count')).toEqual(['count: 4'])
  await third.stop()
})

test('the command line: help, lists, switches, and clear words for mistakes', async () => {
  const home = await createHome({ 'plugins/mine.js': 'export default class { processMessage() {} }' })
  const run = (...args: string[]) => runCommand(home, ...args)
  expect(await run('--help')).toMatchObject({ code: 0, output: expect.stringContaining('plugins') })
  expect(await run('plugins')).toMatchObject({
    code: 0,
    output: expect.stringMatching(/ai_chatbot +on[\s\S]*mine +off/),
  })
  expect(await run('plugins', 'enable', 'mine')).toMatchObject({ code: 0 })
  expect(JSON.parse(await readFile(join(home, 'plugins_config.json'), 'utf8'))).toEqual({
    enabled_plugins: { mine: true },
  })
  expect(await run('plugins', 'enable', 'nobody')).toMatchObject({
    code: 1,
    output: expect.stringContaining('mine'),
  })
  expect(await run('config', 'check')).toMatchObject({ code: 0 })
  await writeFile(join(home, 'config.json'), '{ "assistan": {} }')
  expect(await run('config', 'check')).toMatchObject({
    code: 1,
    output: expect.stringContaining('assistant'),
  })
  expect(JSON.parse((await run('config', 'schema')).output)).toMatchObject({ type: 'object' })
  expect(await run('login')).toMatchObject({
    code: 69,
    output: expect.stringContaining('The assistant is not running'),
  })
  expect(await run('strat')).toMatchObject({ code: 64, output: expect.stringContaining('start') })
})

/** The highest number of tries of any update on disk. */
function triesIn(home: string): unknown {
  using database = new DatabaseSync(join(home, 'data/pluggram.db'), { readOnly: true })
  return database.prepare('SELECT max(tries) AS tries FROM inbox').get()?.['tries']
}

test('an update that ends the assistant again and again is set aside, listed, and replayed', async () => {
  const home = await createHome({
    'plugins/poison.js': `import { existsSync } from 'node:fs'
    export default class {
      async processMessage(message) {
        if (message !== 'poison') return
        if (existsSync(new URL('../healed', import.meta.url))) return { success: true, response: 'healed' }
        console.log('swallowed poison')
        await new Promise(() => {})
      }
    }`,
    'plugins_config.json': { enabled_plugins: { poison: true } },
    // it reads a file outside of its folder
    'config.json': { plugin_host: { plugins: { poison: { isolation: 'inline' } } } },
  })
  const emulator = await startEmulator()
  const environment = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: emulator.url }
  const ada = await createPerson(emulator.driver)
  await write(emulator.driver, ada, 'poison')
  for (let end = 0; end < 3; end += 1) {
    const doomed = await startAssistant(home, environment)
    await doomed.waitFor(/swallowed poison/)
    // a first try is recorded while the work runs, a repeated one before it
    await expect.poll(() => triesIn(home)).toBe(end + 1)
    await doomed.stop('SIGKILL')
  }
  const assistant = await startAssistant(home, environment)
  await assistant.waitFor(/update parked/)
  expect(await ask(emulator.driver, ada, '/help')).toHaveLength(1)
  const replay = (...args: string[]) => runCommand(home, 'replay', ...args)
  const { output } = await replay()
  expect(output).toContain('"poison"')
  const [id = ''] = output.split(' ')
  expect(JSON.parse((await replay(id, '--show')).output)).toMatchObject({
    update: { message: { text: 'poison' } },
    tries: 3,
  })
  expect(await replay('12345')).toMatchObject({
    code: 1,
    output: expect.stringContaining('No update 12345 is parked'),
  })
  await writeFile(join(home, 'healed'), '')
  expect(await replay(id)).toMatchObject({ code: 0 })
  const texts = async () =>
    (await emulator.driver.get<{ messages: { text: string }[] }>(`/chats/${ada.id}/messages`)).messages.map(
      (item) => item.text,
    )
  await expect.poll(texts).toContain('healed')
  await assistant.stop()
  expect(await replay()).toMatchObject({ code: 0, output: expect.stringContaining('No update is parked') })
})

test('an update that ends the assistant at once is set aside after three ends, too', async () => {
  const home = await createHome({
    'plugins/poison.js': `export default class {
      processMessage(message) {
        if (message === 'poison') process.exit(9)
      }
    }`,
    'plugins_config.json': { enabled_plugins: { poison: true } },
    // in a process of its own, the plugin would crash alone
    'config.json': { plugin_host: { plugins: { poison: { isolation: 'inline' } } } },
  })
  const emulator = await startEmulator()
  const environment = {
    PLUGGRAM_HOME: home,
    PORT: '0',
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: emulator.url,
  }
  const ada = await createPerson(emulator.driver)
  await write(emulator.driver, ada, 'poison')
  for (let end = 1; end <= 3; end += 1) {
    expect(await startProgram('apps/assistant/src/main.ts', ['start'], { environment }).exited).toBe(9)
    expect(triesIn(home)).toBe(end)
  }
  const assistant = await startAssistant(home, environment)
  await assistant.waitFor(/update parked/)
  expect(await ask(emulator.driver, ada, '/help')).toHaveLength(1)
})

test('it goes on when nobody reads its output any more', async () => {
  const home = await createHome()
  const assistant = await startAssistant(home, { LOG_LEVEL: 'trace' })
  const session = await logIn(assistant)
  assistant.closeOutput()
  const ada = await createPerson(session)
  expect(await ask(session, ada, '/help')).toHaveLength(1)
  expect(await ask(session, ada, '/start')).toHaveLength(1)
  expect(await assistant.stop()).toBe(0)
})

test('a damaged database is refused, untouched, and moved aside on demand', async () => {
  const home = await createHome({ 'data/pluggram.db': 'no database '.repeat(400) })
  const refused = startProgram('apps/assistant/src/main.ts', ['start'], {
    environment: { PLUGGRAM_HOME: home, PORT: '0' },
  })
  expect(await refused.exited).toBe(65)
  expect(refused.output()).toMatch(/is damaged.*--repair/)
  expect(await readFile(join(home, 'data', 'pluggram.db'), 'utf8')).toContain('no database')
  const repaired = startProgram('apps/assistant/src/main.ts', ['start', '--repair'], {
    environment: { PLUGGRAM_HOME: home, PORT: '0' },
  })
  await repaired.waitFor(/damaged database is at .*pluggram\.db\.damaged-/)
  await repaired.waitFor(/login\?token/)
  expect(await repaired.stop()).toBe(0)
})
