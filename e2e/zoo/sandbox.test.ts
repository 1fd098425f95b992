import { afterEach, describe, expect, test } from 'vitest'
import { bubblewrapProblem } from '@pluggram/host'
import { logIn, startAssistant } from '../support/assistant.ts'
import { ask, createPerson } from '../support/emulator.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'
import { countChildren } from '../support/measured-process.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const WALLED = `export default class {
  static manifest = { permissions: { files: true }, commands: { walled: { description: 'Tells where it is' } } }
  constructor(config, services) { this.services = services }
  async processMessage(message, { command }) {
    if (command?.args === 'loop') for (;;);
    if (command?.args === 'eat') { const all = []; for (;;) all.push(Buffer.alloc(8_000_000, 1)) }
    if (command?.args === 'note') {
      const { writeFile, readFile } = await import('node:fs/promises')
      const file = await this.services.files.folder() + '/note'
      await writeFile(file, 'kept')
      return { success: true, response: await readFile(file, 'utf8') }
    }
    if (command) return { success: true, response: 'process ' + process.pid }
  }
}`

function home(sandbox: string): Promise<string> {
  return createHome({
    'plugins/walled.js': WALLED,
    'plugins_config.json': { enabled_plugins: { walled: true }, grants: { walled: { files: true } } },
    'config.json': { plugin_host: { sandbox, memory_mb: 128 } },
  })
}

const problem = await bubblewrapProblem()
describe.skipIf(problem !== undefined)(
  `bubblewrap${problem === undefined ? '' : ` (skipped: ${problem})`}`,
  () => {
    test('a plugin behind walls answers, keeps files, is held to its limits, and leaves no process', async () => {
      const assistant = await startAssistant(await home('bubblewrap'))
      const driver = await logIn(assistant)
      const ada = await createPerson(driver)
      // the only process of its namespace
      expect(await ask(driver, ada, '/walled')).toEqual(['process 1'])
      expect(await ask(driver, ada, '/walled note')).toEqual(['kept'])
      await ask(driver, ada, '/walled loop')
      await assistant.waitFor(/walled blocked its event loop/)
      expect(await ask(driver, ada, '/walled note')).toEqual(['kept'])
      await ask(driver, ada, '/walled eat')
      await assistant.waitFor(
        /Failed to allocate memory|walled (?:used \d+ MB|ran out of memory|was ended by)/,
      )
      expect(await assistant.stop()).toBe(0)
      expect(await countChildren(assistant.pid)).toBe(0)
    })
  },
)

describe.skipIf(problem === undefined)('without bubblewrap', () => {
  test('a plugin is not started without the walls that were asked for', async () => {
    const assistant = await startAssistant(await home('bubblewrap'))
    await assistant.waitFor(/walled is not started: config\.json asks for the sandbox bubblewrap, and /)
  })
})
