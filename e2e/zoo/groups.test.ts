import { afterEach, expect, test } from 'vitest'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { logIn, startAssistant } from '../support/assistant.ts'
import type { RunningAssistant } from '../support/assistant.ts'
import { ask, createPerson } from '../support/emulator.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { countChildren } from '../support/measured-process.ts'
import { stopAllPrograms } from '../support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const member = (name: string, version = 1): string => `export default class {
  static manifest = { commands: { ${name}: { description: 'A neighbour' } }, permissions: { network: ['${name}.example'] } }
  constructor(config, services) { this.services = services; this.secret = config.plugins.${name}.secret_key }
  async processMessage(message, { command }) {
    if (command?.name !== '${name}') return
    if (command.args === 'die') { setTimeout(() => { throw new Error('late') }, 1); await new Promise(() => {}) }
    if (command.args === 'loop') for (;;);
    if (command.args === 'exit') process.exit(3)
    if (command.args === 'fetch') return { success: true, response: await fetch('http://elsewhere.example/').catch((error) => error.message) }
    return { success: true, response: [process.pid, this.secret, ${version}].join(' ') }
  }
}`

function home(): Promise<string> {
  const plugins = { one: { group: 'mine' }, two: { group: 'mine' }, alone: {} }
  const names = Object.keys(plugins)
  return createHome({
    ...Object.fromEntries(names.map((name) => [`plugins/${name}.js`, member(name)])),
    'plugins_config.json': {
      enabled_plugins: Object.fromEntries(names.map((name) => [name, true])),
      grants: Object.fromEntries(names.map((name) => [name, { network: [`${name}.example`] }])),
    },
    'config.json': {
      plugin_host: { plugins },
      plugins: Object.fromEntries(names.map((name) => [name, { secret_key: `of-${name}` }])),
    },
  })
}

/** The number of crashes of each plugin that crashed. */
async function crashes({ url }: RunningAssistant): Promise<Readonly<Record<string, number>>> {
  const report = (await (await fetch(`${url}/readyz`)).json()) as {
    components: { plugins: { plugins: Record<string, { crashes?: number }> } }
  }
  const counted = Object.entries(report.components.plugins.plugins).flatMap(
    ([name, { crashes: count }]): [string, number][] => (count === undefined ? [] : [[name, count]]),
  )
  return Object.fromEntries(counted)
}

test('plugins of a group share a process, each with its own configuration, services and name; who ends it is named', async () => {
  const assistant = await startAssistant(await home())
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  const [one = '', two = '', alone = ''] = await Promise.all(
    ['one', 'two', 'alone'].map(
      async (name) => (await ask(driver, await createPerson(driver), `/${name}`))[0],
    ),
  )
  expect(one.split(' ').slice(1)).toEqual(['of-one', '1'])
  expect(two.split(' ').slice(1)).toEqual(['of-two', '1'])
  expect(two.split(' ')[0]).toBe(one.split(' ')[0])
  expect(alone.split(' ')[0]).not.toBe(one.split(' ')[0])
  expect((await ask(driver, ada, '/one fetch')).join()).toContain(
    'Plugin one may not reach elsewhere.example',
  )
  expect((await ask(driver, ada, '/two fetch')).join()).toContain(
    'Plugin two may not reach elsewhere.example',
  )

  // who ends the process is named; the neighbour is back at the next message, without a crash of
  // its own
  for (const act of ['die', 'exit']) {
    expect((await ask(driver, ada, `/one ${act}`)).join()).toContain('One crashed')
    expect((await ask(driver, ada, '/two')).join()).toContain('of-two')
  }
  await assistant.waitFor(/Plugin one threw an error outside a call: late/)
  await assistant.waitFor(/Plugin one ended its own process \(exit code 3\)/)
  expect(await crashes(assistant)).toEqual({ one: 2 })
  expect(await assistant.stop()).toBe(0)
  expect(await countChildren(assistant.pid)).toBe(0)
})

test('who blocks the shared process is named; a member that is replaced moves to a new one', async () => {
  const files = await home()
  const assistant = await startAssistant(files)
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  await ask(driver, ada, '/two')
  expect((await ask(driver, ada, '/one loop')).join()).toContain('One crashed')
  expect((await ask(driver, ada, '/two')).join()).toContain('of-two')
  await assistant.waitFor(/Plugin one \(group mine\) does not respond/)
  await assistant.waitFor(/Plugin one blocked its event loop/)
  expect(await crashes(assistant)).toEqual({ one: 1 })

  await writeFile(join(files, 'plugins/two.js'), member('two', 2))
  await assistant.waitFor(/reloaded: two/)
  expect((await ask(driver, ada, '/two')).join()).toMatch(/of-two 2$/)
  expect((await ask(driver, ada, '/one')).join()).toMatch(/of-one 1$/)
  expect(await assistant.stop()).toBe(0)
  expect(await countChildren(assistant.pid)).toBe(0)
})
