import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { grant } from './support/command.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const HOARDER = `
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export default class Hoarder {
  static manifest = { permissions: { files: true } }
  constructor(config, services) { this.services = services }
  async processMessage(message, { signal }) {
    const folder = await this.services.files.folder()
    if (message === 'fill') {
      for (let n = 0; n < 5; n += 1) await writeFile(join(folder, 'large' + n), Buffer.alloc(1_000_000, 'x'))
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    }
    if (message === 'many') {
      for (let n = 0; n < 500; n += 1) await writeFile(join(folder, 'small' + n), '')
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    }
    if (message === 'tidy') for (const name of await readdir(folder)) await rm(join(folder, name))
    if (message === 'keep') await writeFile(join(folder, 'note'), 'x'.repeat(1_000_000))
    return { success: true, response: 'files: ' + (await readdir(folder)).length }
  }
}`

test('a plugin that fills its folder is ended and named, and may tidy up', async () => {
  const home = await createHome({
    'plugins/hoarder.js': HOARDER,
    'plugins_config.json': { enabled_plugins: { hoarder: true, ai_chatbot: false } },
    'config.json': { plugin_host: { plugins: { hoarder: { files_mb: 3 } } } },
  })
  await grant(home, 'hoarder')
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  expect(await ask(driver, ada, 'keep')).toEqual(['files: 1'])
  expect(await ask(driver, ada, 'fill')).toEqual([expect.stringContaining('crashed')])
  await assistant.waitFor(/Plugin hoarder keeps \d MB in its folder; 3 MB are allowed/)
  expect(await ask(driver, ada, 'tidy')).toEqual(['files: 0'])
  expect(await ask(driver, ada, 'keep')).toEqual(['files: 1'])
  expect(await ask(driver, ada, 'many')).toEqual([expect.stringContaining('crashed')])
  expect(await ask(driver, ada, 'tidy')).toEqual(['files: 0'])
})
