import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { ask, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import { createBareHome, removeHomes } from './support/home.ts'
import { startProgram, stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

/** Writes the address of every module that the program loads, one a line. */
const note = (file: string): string => `
import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
registerHooks({ load(url, context, next) { appendFileSync(${JSON.stringify(file)}, url + '\\n'); return next(url, context) } })`

/** What an assistant on Telegram with the default plugins needs only once somebody uses it. */
const WHEN_USED =
  /node_modules\/(?:ai|@ai-sdk\/(?:openai|anthropic|google|openai-compatible|gateway)|@modelcontextprotocol\/\w+|chrono-node|@sentry\/\w+|pdfjs-dist|minisearch|qr)\/|packages\/(?:bot-api-emulator|demo-model\/src\/demo-brain|observability\/src\/traces)\//

test('an assistant that waits has loaded nothing that nobody uses, and loads it when it is used', async () => {
  const { url, driver } = await startEmulator()
  const home = await createBareHome()
  const file = join(home, 'loaded.txt')
  const assistant = startProgram('apps/assistant/bin/pluggram.js', ['start'], {
    environment: {
      PLUGGRAM_HOME: home,
      PORT: '0',
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: url,
      OPENAI_API_KEY: 'sk-idle-1234567890abcdef',
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(note(file))}`,
    },
  })
  await assistant.waitFor(/login\?token=/)
  await expect.poll(() => readFile(file, 'utf8')).toMatch(/plugins\/reminders\/src\/index\.ts/)
  const loaded = (await readFile(file, 'utf8')).split('\n')
  expect(loaded.filter((address) => WHEN_USED.test(address))).toEqual([])
  // and it is there when somebody uses it
  const answer = await ask(driver, await createPerson(driver), '/remind tomorrow at 9 call Ann')
  expect(answer.join()).toContain('call Ann')
  expect(await readFile(file, 'utf8')).toMatch(/chrono-node/)
  expect(await assistant.stop()).toBe(0)
})

/** Writes, when it is asked to, whether the process has loaded what removes types from TypeScript. */
const noteCompiler = (file: string): string => `
import { appendFileSync } from 'node:fs'
process.on('SIGUSR2', () => {
  const hasCompiler = process.moduleLoadList.some((name) => name.includes('deps/amaro'))
  appendFileSync(${JSON.stringify(file)}, hasCompiler ? 'compiler' : 'none')
})`

test.skipIf(process.platform === 'win32')(
  'the first start, with nothing compiled yet, keeps no compiler',
  async () => {
    const { url } = await startEmulator()
    const home = await createBareHome()
    const file = join(home, 'compiler.txt')
    const assistant = startProgram('apps/assistant/bin/pluggram.js', ['start'], {
      environment: {
        PLUGGRAM_HOME: home,
        PORT: '0',
        TELEGRAM_BOT_TOKEN: TOKEN,
        TELEGRAM_API_ROOT: url,
        OPENAI_API_KEY: 'sk-idle-1234567890abcdef',
        NODE_COMPILE_CACHE: join(home, 'compiled'),
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(noteCompiler(file))}`,
      },
    })
    await assistant.waitFor(/\/pair /)
    process.kill(assistant.pid, 'SIGUSR2')
    await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toBe('none')
    expect(await assistant.stop()).toBe(0)
  },
)
