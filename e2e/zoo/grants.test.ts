import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { PERMISSIONS } from '@pluggram/sdk/runtime'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { logIn, startAssistant } from '../support/assistant.ts'
import type { RunningAssistant, Session } from '../support/assistant.ts'
import { runCommand } from '../support/command.ts'
import { ask, createPerson } from '../support/emulator.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { startProgram, stopAllPrograms } from '../support/program.ts'

async function close(): Promise<void> {
  await stopAllPrograms()
  await removeHomes()
}

async function pluginStates(assistant: RunningAssistant): Promise<Record<string, { state: string }>> {
  const response = await fetch(`${assistant.url}/readyz`)
  const report = (await response.json()) as {
    components: { plugins: { plugins: Record<string, { state: string }> } }
  }
  return report.components.plugins.plugins
}

/** Every permission that a plugin can ask for. */
const EVERYTHING = Object.fromEntries(
  Object.entries(PERMISSIONS).map(([name, { kind }]) => [name, kind === 'flag' ? true : ['one.example.com']]),
)

describe('in an assistant of its own', () => {
  afterEach(close)

  test('a plugin that asks for something starts when its owner granted it, and then reaches that only', async () => {
    const server = createServer((request, response) => response.end(`you asked for ${request.url}`))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const home = await createHome({
      'plugins/fetcher.js': `export default class {
        static manifest = { permissions: { network: ['127.0.0.1'], files: true } }
        constructor(config, services) { this.services = services }
        async processMessage(message) {
          const [word, url] = message.split(' ')
          if (word === 'get') {
            try { return { success: true, response: await (await fetch(url)).text() } }
            catch (error) { return { success: true, response: error.code + ': ' + error.message } }
          }
          if (word === 'note') {
            const { writeFile, readFile } = await import('node:fs/promises')
            const folder = await this.services.files.folder()
            await writeFile(folder + '/note', url)
            return { success: true, response: await readFile(folder + '/note', 'utf8') }
          }
        }
      }`,
      'plugins/modest.js': 'export default class { processMessage() {} }',
      'plugins_config.json': { enabled_plugins: { fetcher: true } },
    })
    const assistant = await startAssistant(home)
    await assistant.waitFor(/fetcher is not started: it needs network: 127\.0\.0\.1, files/)
    expect(await pluginStates(assistant)).toMatchObject({ fetcher: { state: 'failed' } })
    expect(await runCommand(home, 'plugins', 'grant', 'fetcher')).toMatchObject({
      code: 1,
      output: expect.stringMatching(/network: 127\.0\.0\.1[\s\S]*files[\s\S]*--yes/),
    })
    expect(await runCommand(home, 'plugins', 'grant', 'modest', '--yes')).toMatchObject({ code: 0 })
    expect(await runCommand(home, 'plugins', 'grant', 'fetcher', '--yes')).toMatchObject({ code: 0 })
    expect(await runCommand(home, 'plugins', 'grant', 'fetcher', '--yes')).toMatchObject({ code: 0 })
    expect(JSON.parse(await readFile(join(home, 'plugins_config.json'), 'utf8'))).toEqual({
      enabled_plugins: { fetcher: true },
      grants: { fetcher: { network: ['127.0.0.1'], files: true } },
    })
    await assistant.waitFor(/reloaded: fetcher/)

    const driver = await logIn(assistant)
    const ada = await createPerson(driver)
    expect(await ask(driver, ada, `get http://127.0.0.1:${port}/x`)).toEqual(['you asked for /x'])
    const [refusal] = await ask(driver, ada, `get http://localhost:${port}/x`)
    expect(refusal).toMatch(/^permission-missing: Plugin fetcher may not reach localhost/)
    await assistant.waitFor(/may not reach localhost/)
    expect(await ask(driver, ada, 'note kept')).toEqual(['kept'])
    expect(await readFile(join(home, 'data/plugins/fetcher/note'), 'utf8')).toBe('kept')
    server.close()
    expect((await runCommand(home, 'plugins')).output).toMatch(/fetcher +on +home +process +running/)
  })

  test('safe mode starts shipped plugins only', async () => {
    const home = await createHome({
      'plugins/mine.js': `export default class { processMessage() { return { success: true, response: 'mine' } } }`,
      'plugins_config.json': { enabled_plugins: { mine: true, dice: true } },
    })
    const program = startProgram('apps/assistant/src/main.ts', ['start', '--safe'], {
      environment: { PLUGGRAM_HOME: home, PORT: '0' },
    })
    const [, url = ''] = await program.waitFor(/(http:\/\/\S+?)\/login/)
    const report = (await (await fetch(`${url}/readyz`)).json()) as {
      components: { plugins: { plugins: Record<string, unknown> } }
    }
    expect(Object.keys(report.components.plugins.plugins)).toEqual(expect.arrayContaining(['dice']))
    expect(report.components.plugins.plugins).not.toHaveProperty('mine')
    await program.waitFor(/safe mode/)
  })
})

describe('in one assistant, one after another', () => {
  let home: string
  let assistant: RunningAssistant
  let driver: Session
  let ada: EmulatedUser

  beforeAll(async () => {
    home = await createHome({
      'plugins/greedy.js': `export default class {
        static manifest = { permissions: ${JSON.stringify(EVERYTHING)} }
        processMessage() {}
      }`,
      'plugins/insider.js': `export default class {
        processMessage(message) { if (message === 'pid') return { success: true, response: String(process.pid) } }
      }`,
      'plugins/fragile.js': `export default class {
        static manifest = { commands: { fragile: { description: 'Breaks' } } }
        processMessage(message, { command }) {
          if (command?.args === 'die') process.exit(3)
          if (command) return { success: true, response: 'alive' }
        }
      }`,
      'plugins_config.json': { enabled_plugins: { greedy: true, insider: true, fragile: true } },
      'config.json': { plugin_host: { plugins: { insider: { isolation: 'inline' } } } },
    })
    assistant = await startAssistant(home)
    driver = await logIn(assistant)
    ada = await createPerson(driver)
  })

  afterAll(close)

  test('the grant command grants every permission there is, and the plugin starts', async () => {
    await assistant.waitFor(/greedy is not started: it needs/)
    expect(await runCommand(home, 'plugins', 'grant', 'greedy', '--yes')).toMatchObject({
      code: 0,
      output: expect.stringContaining('admin only inside the assistant'),
    })
    await assistant.waitFor(/reloaded: greedy/)
    expect(await pluginStates(assistant)).toMatchObject({ greedy: { state: 'running' } })
    expect(await runCommand(home, 'plugins')).toMatchObject({
      code: 0,
      output: expect.not.stringContaining('grants nothing'),
    })
  })

  test('a plugin that its owner trusts runs inside the assistant', async () => {
    expect(await ask(driver, ada, 'pid')).toEqual([String(assistant.pid)])
  })

  test('a plugin that crashed three times is parked, says so, and comes back when its owner asks for it', async () => {
    expect(await ask(driver, ada, '/fragile')).toEqual(['alive'])
    for (let crash = 0; crash < 3; crash += 1) {
      expect((await ask(driver, ada, '/fragile die')).join()).toContain('Fragile crashed')
    }
    await assistant.waitFor(/fragile is parked: it crashed three times/)
    expect((await ask(driver, ada, '/fragile')).join()).toContain('Fragile has been stopped')
    expect(await pluginStates(assistant)).toMatchObject({ fragile: { state: 'parked', crashes: 3 } })
    expect(await runCommand(home, 'plugins', 'restart', 'fragile')).toMatchObject({ code: 0 })
    await assistant.waitFor(/fragile restarted on request/)
    expect(await ask(driver, ada, '/fragile')).toEqual(['alive'])
  })
})
