import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from '../support/assistant.ts'
import { ask, createPerson } from '../support/emulator.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import { BAD_STARTS, START_SECONDS } from './bad-starts.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const HEALTHY = `export default class {
  processMessage(message) { if (message.startsWith('well?')) return { success: true, response: message + ' well' } }
}`

test('plugins that cannot start are named one by one, and the others answer', async () => {
  const names = BAD_STARTS.map(({ name }) => name)
  const home = await createHome({
    ...Object.fromEntries(BAD_STARTS.map(({ name, source }) => [`plugins/${name}.js`, source])),
    'plugins/healthy.js': HEALTHY,
    'plugins_config.json': {
      enabled_plugins: Object.fromEntries(['healthy', ...names].map((name) => [name, true])),
    },
    'config.json': {
      plugin_host: {
        plugins: Object.fromEntries(
          names.map((name) => [name, { start_seconds: START_SECONDS, memory_mb: 192 }]),
        ),
      },
    },
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  expect(await ask(driver, ada, 'well? 1')).toEqual(['well? 1 well'])
  for (const { named } of BAD_STARTS) await assistant.waitFor(named)
  expect(await ask(driver, ada, 'well? 2')).toEqual(['well? 2 well'])
  expect(await assistant.stop()).toBe(0)
})

test('a pattern that thinks for ever does not hold up anybody', async () => {
  const home = await createHome({
    'plugins/thinker.js': `export default class {
      static manifest = { patterns: [/^(?:a+)+$/, /^(?:a|aa)+$/] }
      processMessage() { return { success: true, response: 'matched' } }
    }`,
    'plugins/healthy.js': HEALTHY,
    'plugins_config.json': { enabled_plugins: { thinker: true, healthy: true } },
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  expect(await ask(driver, ada, 'aaaa')).toEqual(['matched'])
  const startedAt = Date.now()
  await ask(driver, ada, `${'a'.repeat(64)}b`)
  expect(await ask(driver, ada, 'well?')).toEqual(['well? well'])
  expect(Date.now() - startedAt).toBeLessThan(20_000)
})

test('a cleanup that hangs, loops or throws does not keep the assistant from stopping', async () => {
  const home = await createHome({
    'plugins/hangs.js': `export default class { cleanup() { console.log('hanging now'); return new Promise(() => {}) } }`,
    'plugins/loops.js': `export default class { cleanup() { console.log('looping now'); for (;;); } }`,
    'plugins/throws.js': `export default class { cleanup() { throw new Error('no way') } }`,
    'plugins/healthy.js': `export default class { cleanup() { console.log('healthy cleaned up') } }`,
    'plugins_config.json': { enabled_plugins: { hangs: true, loops: true, throws: true, healthy: true } },
  })
  const assistant = await startAssistant(home)
  await expect.poll(async () => states(assistant.url)).toEqual(Array(4).fill('running'))
  const startedAt = Date.now()
  expect(await assistant.stop()).toBe(0)
  expect(Date.now() - startedAt).toBeLessThan(10_000)
  expect(assistant.output()).toMatch(/healthy cleaned up/)
  expect(assistant.output()).toMatch(/hanging now/)
  expect(assistant.output()).toMatch(/no way/)
})

async function states(url: string): Promise<string[]> {
  const report = (await (await fetch(`${url}/readyz`)).json()) as {
    components: { plugins: { plugins: Record<string, { state: string; isolation: string }> } }
  }
  return Object.values(report.components.plugins.plugins)
    .filter(({ isolation }) => isolation === 'process')
    .map(({ state }) => state)
}
