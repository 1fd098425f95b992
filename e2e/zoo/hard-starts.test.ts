import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from '../support/assistant.ts'
import { ask, createPerson } from '../support/emulator.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const HEALTHY = `export default class {
  processMessage(message) { if (message.startsWith('well?')) return { success: true, response: message + ' well' } }
}`

const BAD_STARTS: Readonly<Record<string, { source: string; said: RegExp }>> = {
  throws_in_constructor: {
    source: `export default class { constructor() { throw new Error('no luck') } }`,
    said: /throws_in_constructor\.js:1:\d+ +Plugin throws_in_constructor did not start: no luck/,
  },
  hangs_in_setup: {
    source: `import { definePlugin } from '@pluggram/sdk'
      export default definePlugin({ setup: () => new Promise(() => {}) })`,
    said: /Plugin hangs_in_setup did not start: not finished within 2 s/,
  },
  hangs_at_import: {
    source: 'await new Promise(() => {})\nexport default class {}',
    said: /Plugin hangs_at_import cannot be loaded: not finished within 2 s/,
  },
  loops_at_import: {
    source: 'for (;;);\nexport default class {}',
    said: /Plugin loops_at_import did not start: it (?:blocked its event loop|was not ready)/,
  },
  loops_in_constructor: {
    source: 'export default class { constructor() { for (;;); } }',
    said: /Plugin loops_in_constructor did not start: it (?:blocked its event loop|was not ready)/,
  },
  exits_at_import: {
    source: 'process.exit(0)\nexport default class {}',
    said: /Plugin exits_at_import did not start: it ended its own process/,
  },
  bombs_at_import: {
    source: 'const all = []; for (;;) all.push(new Array(1_000_000).fill({}))\nexport default class {}',
    said: /Plugin bombs_at_import did not start: it (?:ran out of memory|used \d+ MB)/,
  },
}

test('plugins that cannot start are named one by one, and the others answer', async () => {
  const names = Object.keys(BAD_STARTS)
  const home = await createHome({
    ...Object.fromEntries(
      Object.entries(BAD_STARTS).map(([name, { source }]) => [`plugins/${name}.js`, source]),
    ),
    'plugins/healthy.js': HEALTHY,
    'plugins_config.json': {
      enabled_plugins: Object.fromEntries(['healthy', ...names].map((name) => [name, true])),
    },
    'config.json': {
      plugin_host: {
        plugins: Object.fromEntries(names.map((name) => [name, { start_seconds: 2, memory_mb: 192 }])),
      },
    },
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  expect(await ask(driver, ada, 'well? 1')).toEqual(['well? 1 well'])
  for (const { said } of Object.values(BAD_STARTS)) await assistant.waitFor(said, 30_000)
  expect(await ask(driver, ada, 'well? 2')).toEqual(['well? 2 well'])
  expect(await assistant.stop()).toBe(0)
}, 60_000)

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
  expect(Date.now() - startedAt).toBeLessThan(5_000)
}, 30_000)

test('a cleanup that hangs, loops or throws does not keep the assistant from stopping', async () => {
  const home = await createHome({
    'plugins/hangs.js': `export default class { cleanup() { console.log('hanging now'); return new Promise(() => {}) } }`,
    'plugins/loops.js': `export default class { cleanup() { console.log('looping now'); for (;;); } }`,
    'plugins/throws.js': `export default class { cleanup() { throw new Error('no way') } }`,
    'plugins/healthy.js': `export default class { cleanup() { console.log('healthy cleaned up') } }`,
    'plugins_config.json': { enabled_plugins: { hangs: true, loops: true, throws: true, healthy: true } },
  })
  const assistant = await startAssistant(home)
  await expect.poll(async () => states(assistant.url), { timeout: 15_000 }).toEqual(Array(4).fill('running'))
  const startedAt = Date.now()
  expect(await assistant.stop()).toBe(0)
  expect(Date.now() - startedAt).toBeLessThan(10_000)
  expect(assistant.output()).toMatch(/healthy cleaned up/)
  expect(assistant.output()).toMatch(/hanging now/)
  expect(assistant.output()).toMatch(/no way/)
}, 40_000)

async function states(url: string): Promise<string[]> {
  const report = (await (await fetch(`${url}/readyz`)).json()) as {
    components: { plugins: { plugins: Record<string, { state: string; isolation: string }> } }
  }
  return Object.values(report.components.plugins.plugins)
    .filter(({ isolation }) => isolation === 'process')
    .map(({ state }) => state)
}
