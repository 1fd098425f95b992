import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { ask, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { LEVELS } from './support/levels.ts'
import { stopAllPrograms } from './support/program.ts'

/** Each start picks a random number. Records the configuration blocks that it receives. */
const source = (isListening: boolean): string => `import { definePlugin, z } from '@pluggram/sdk'
const born = Math.random()
export default definePlugin({
  config: z.object({ url: z.string().min(3).default('none'), size: z.int().default(1) }),
  commands: {
    KIND: {
      description: 'What it knows',
      execute: (_args, { config }) => ({ success: true, response: [born, heard.join(), config.url].join(' ') }),
    },
    fail: { description: 'The next listener throws', execute: () => { willFail = true; return { success: true, response: 'ok' } } },
  },
  setup({ services }) {
    ${
      isListening
        ? `services.config.onChange(async (config) => {
      heard.push(config.url + config.size)
      if (willFail) throw new Error('the listener is broken')
    })`
        : ''
    }
  },
})
const heard = []
let willFail = false
`
const LISTENER = source(true).replace('KIND', 'listener')
const DEAF = source(false)
  .replace('KIND', 'deaf')
  .replace(/ {4}fail:.*\n/, '')

let emulator: RunningEmulator
let ada: EmulatedUser
let home: string
let assistant: RunningAssistant

beforeEach(async () => {
  emulator = await startEmulator()
  ada = await createPerson(emulator.driver, 'Ada')
})
afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

async function start(isolation: 'inline' | 'process'): Promise<void> {
  home = await createHome({
    'plugins/listener.ts': LISTENER,
    'plugins/deaf.ts': DEAF,
    'config.json': configOf(isolation, { url: 'one' }),
    'plugins_config.json': { enabled_plugins: { listener: true, deaf: true, ai_chatbot: false } },
  })
  assistant = await startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: emulator.url })
}

function configOf(isolation: string, block: object): object {
  const level = { isolation }
  return {
    plugin_host: { plugins: { listener: level, deaf: level } },
    plugins: { listener: block, deaf: block },
  }
}

/** Writes like an editor: a new file, renamed over the old one. */
async function save(content: object | string): Promise<void> {
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2)
  await writeFile(join(home, 'config.json.new'), text)
  await rename(join(home, 'config.json.new'), join(home, 'config.json'))
}

async function state(command: string): Promise<{ born: string; heard: string; url: string }> {
  const [answer = ''] = await ask(emulator.driver, ada, `/${command}`)
  const [born = '', heard = '', url = ''] = answer.split(' ')
  return { born, heard, url }
}

describe.each(LEVELS)('a plugin that runs %s', (isolation) => {
  test('hears of a changed block and goes on; one that does not listen is replaced', async () => {
    await start(isolation)
    const [listener, deaf] = [await state('listener'), await state('deaf')]
    expect([listener.url, deaf.url]).toEqual(['one', 'one'])
    await save(configOf(isolation, { url: 'two', size: 7 }))
    await expect
      .poll(() => state('listener'))
      .toEqual({
        born: listener.born,
        heard: 'two7',
        url: 'two',
      })
    await expect.poll(async () => (await state('deaf')).url).toBe('two')
    expect((await state('deaf')).born).not.toBe(deaf.born)

    // the same block in different spelling; the plugin is not notified
    const same = JSON.stringify(configOf(isolation, { size: 7, url: 'two' }))
    await save(same)
    const wrong = JSON.stringify(configOf(isolation, { url: 'x', size: 'big' }), null, 2)
    await save(wrong)
    const line = wrong.split('\n').findIndex((text) => text.includes('"url": "x"')) + 1
    await assistant.waitFor(new RegExp(`config\\.json:${line}:\\d+: plugins\\.listener\\.url`))
    await assistant.waitFor(new RegExp(`config\\.json:${line + 1}:\\d+: plugins\\.listener\\.size`))
    expect(await state('listener')).toEqual({ born: listener.born, heard: 'two7', url: 'two' })
    expect((await state('deaf')).url).toBe('two')

    await save(configOf(isolation, { url: 'three' }))
    await expect
      .poll(() => state('listener'))
      .toEqual({
        born: listener.born,
        heard: 'two7,three1',
        url: 'three',
      })
    const ready = (await (await fetch(`${assistant.url}/readyz`)).json()) as object
    expect(JSON.stringify(ready)).not.toContain('plugins.listener')

    // a listener that throws is reported, and the new block holds
    await ask(emulator.driver, ada, '/fail')
    await save(configOf(isolation, { url: 'four' }))
    await assistant.waitFor(/the listener is broken/)
    expect(await state('listener')).toEqual({
      born: listener.born,
      heard: 'two7,three1,four1',
      url: 'four',
    })
  })
})

test('hot_reload that is switched off is announced, and so is every key that waits for the next start', async () => {
  await start('process')
  await save({
    ...configOf('process', { url: 'two' }),
    telegram: { streaming: 'off' },
    ai: { max_output_tokens: 99 },
  })
  await assistant.waitFor(/telegram\.streaming in config\.json was changed; it takes effect when/)
  await assistant.waitFor(/ai\.max_output_tokens in config\.json was changed; it takes effect when/)
  await expect.poll(async () => (await state('listener')).url).toBe('two')

  const off = configOf('process', { url: 'three' })
  await save({ ...off, plugin_host: { ...(off as { plugin_host: object }).plugin_host, hot_reload: false } })
  await assistant.waitFor(/hot_reload was switched off/)
  await expect.poll(async () => (await state('listener')).url).toBe('three')
  await save(configOf('process', { url: 'four' }))
  // longer than a running watcher would wait for the last of several writes
  await sleep(1_500)
  expect((await state('listener')).url).toBe('three')
})

test('after a crash a plugin starts with the block that it heard of last', async () => {
  await start('process')
  await writeFile(
    join(home, 'plugins', 'listener.ts'),
    LISTENER.replace('willFail = true;', 'setTimeout(() => process.exit(3), 50);'),
  )
  await assistant.waitFor(/reloaded: listener/)
  await save(configOf('process', { url: 'two' }))
  await expect.poll(async () => (await state('listener')).heard).toBe('two1')
  const { born } = await state('listener')
  await ask(emulator.driver, ada, '/fail')
  await assistant.waitFor(/exit(?:ed|s)?.*3|code 3/)
  await expect
    .poll(async () => state('listener'))
    .toMatchObject({ born: expect.not.stringMatching(born), heard: '', url: 'two' })
  expect(await readFile(join(home, 'config.json'), 'utf8')).toContain('two')
})
