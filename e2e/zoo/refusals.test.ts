import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from '../support/assistant.ts'
import { ask, createPerson } from '../support/emulator.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

/** Requests no permissions and tries everything. */
const greedy = (name: string): string => `const ATTEMPTS = {
  network: (services) => services.http.fetch('http://127.0.0.1:1/'),
  ai: (services) => services.ai.generateText({ prompt: 'hello' }),
  files: (services) => services.files.folder(),
  database: (services) => services.database.query('select 1'),
  databases: (services) => services.database.open('orders'),
  schedule: (services) => services.scheduler.every({ seconds: 60 }, () => {}),
  telegram: (services) => services.telegram.call('getChat', { chat_id: 1 }),
  metrics: (services) => services.statistics.read(),
  requires: (services) => services.plugins.call('dice', 'roll'),
}
export default class {
  static manifest = { commands: { ${name}: { description: 'Tries' } } }
  constructor(config, services) { this.services = services }
  async processMessage(message, { command }) {
    if (command?.name !== '${name}') return
    const found = {}
    for (const [what, attempt] of Object.entries(ATTEMPTS)) {
      try { found[what] = 'got ' + await attempt(this.services) }
      catch (error) { found[what] = [error.name, error.code, error.message.includes('${name}')].join(' ') }
    }
    return { success: true, response: JSON.stringify(found) }
  }
}`

test.each(['process', 'inline'])(
  'what a plugin was not granted is refused by a typed error, logged, counted and named (%s)',
  async (isolation) => {
    const home = await createHome({
      'plugins/greedy.js': greedy('greedy'),
      'plugins_config.json': { enabled_plugins: { greedy: true } },
      'config.json': { plugin_host: { plugins: { greedy: { isolation } } } },
    })
    const assistant = await startAssistant(home)
    const driver = await logIn(assistant)
    const [answer = ''] = await ask(driver, await createPerson(driver), '/greedy')
    const found = JSON.parse(answer) as Record<string, string>
    const what = Object.keys(found)
    expect(found).toEqual(
      Object.fromEntries(what.map((one) => [one, 'PermissionError permission-missing true'])),
    )
    const metrics = await (await fetch(`${assistant.url}/metrics`)).text()
    for (const one of what) {
      expect(metrics).toContain(`plugin_refusals_total{plugin="greedy",permission="${one}"} 1`)
    }
    const refusals = assistant.output().match(/Plugin greedy (?:uses|calls|may not)/g) ?? []
    expect(refusals.length).toBeGreaterThanOrEqual(what.length)
  },
)
