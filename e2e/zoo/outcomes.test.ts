import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from '../support/assistant.ts'
import { ask, createPerson } from '../support/emulator.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const FAILING = `export default class {
  static manifest = { commands: { fail: { description: 'Fails' } }, timeouts: { callSeconds: 0.5 }, priority: 10 }
  async processMessage(message, { command }) {
    if (message === 'everybody') await new Promise(() => {})
    if (command?.args === 'hang') await new Promise(() => {})
    if (command?.args === 'exit') process.exit(1)
    if (command?.args === 'throw') throw new Error('on purpose')
    if (command) return { success: true, response: 'fine' }
  }
}`
/** Ends its process on the first of two tries. */
const REPEATABLE = `export default class {
  static manifest = { commands: { again: { description: 'Crashes once' } }, idempotent: true }
  constructor(config, { store }) { this.store = store }
  async processMessage(message, { command }) {
    if (!command) return
    const tries = (await this.store.get('tries')) ?? 0
    await this.store.set('tries', tries + 1)
    if (tries === 0) process.exit(1)
    return { success: true, response: 'try ' + (tries + 1) }
  }
}`
const NEXT = `export default class {
  processMessage(message) { if (message === 'everybody') return { success: true, response: 'next' } }
}`

test('what came of a call is told to the chat in honest words, and counted', async () => {
  const home = await createHome({
    'plugins/failing.js': FAILING,
    'plugins/next.js': NEXT,
    'plugins_config.json': { enabled_plugins: { failing: true, next: true } },
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  expect(await ask(driver, ada, '/fail')).toEqual(['fine'])
  expect(await ask(driver, ada, '/fail throw')).toEqual([
    '⚠️ Something went wrong in Failing. Details are in the log.',
  ])
  expect(await ask(driver, ada, '/fail hang')).toEqual([
    '⚠️ Failing took too long and was stopped. Please try again.',
  ])
  expect(await ask(driver, ada, '/fail exit')).toEqual([
    '⚠️ Failing crashed and is restarting. Please try again.',
  ])
  // the third crash parks it; a question to no plugin in particular gets the next plugin's answer
  expect(await ask(driver, ada, 'everybody')).toEqual(['next'])
  expect(await ask(driver, ada, '/fail')).toEqual([
    '⚠️ Failing has been stopped after repeated crashes. Details are in the log.',
  ])
  const metrics = await (await fetch(`${assistant.url}/metrics`)).text()
  const counted = new Map(
    [...metrics.matchAll(/^plugin_requests_total\{plugin="failing",outcome="(\w+)"\} (\d+)$/gm)].map(
      ([, outcome, count]) => [outcome, Number(count)],
    ),
  )
  expect(Object.fromEntries(counted)).toEqual({ ok: 1, error: 1, timeout: 2, crash: 2 })
  expect(metrics).toMatch(/^plugin_up\{plugin="failing"\} 0$/m)
  expect(metrics).toMatch(/^plugin_recent_crashes\{plugin="failing"\} 3$/m)
})

test('a message that ended its plugin’s process is tried once more if the plugin allows it', async () => {
  const home = await createHome({
    'plugins/repeatable.js': REPEATABLE,
    'plugins_config.json': { enabled_plugins: { repeatable: true } },
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  expect(await ask(driver, await createPerson(driver), '/again')).toEqual(['try 2'])
})
