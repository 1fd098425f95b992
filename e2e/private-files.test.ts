import { chmod, lstat, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

/** Keeps data in every way that a plugin can. */
const KEEPER = `import { mkdir, writeFile } from 'node:fs/promises'
export default class {
  static manifest = {
    permissions: { files: true, database: true },
    commands: { keep: { description: 'Keep' } },
  }
  constructor(config, services) { this.services = services }
  async processMessage(message, { command }) {
    if (!command) return undefined
    const folder = await this.services.files.folder()
    await mkdir(folder + '/more')
    await writeFile(folder + '/more/note.txt', 'x')
    await this.services.database.query('CREATE TABLE notes (body TEXT)')
    await this.services.store.set('key', 'value')
    const found = ['node:ffi', 'node:sqlite'].filter((name) => process.getBuiltinModule(name))
    return { success: true, response: 'kept, and found ' + (found.join() || 'nothing') }
  }
}`

/** Every path below a folder that others may read, write or enter, with its rights. */
async function openToOthers(root: string, folder = root): Promise<string[]> {
  const { mode } = await lstat(folder)
  const found = (mode & 0o077) === 0 ? [] : [`${relative(root, folder) || '.'} ${(mode & 0o777).toString(8)}`]
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) found.push(...(await openToOthers(root, path)))
    else if (!entry.isSymbolicLink()) {
      const rights = (await lstat(path)).mode & 0o777
      if ((rights & 0o077) !== 0) found.push(`${relative(root, path)} ${rights.toString(8)}`)
    }
  }
  return found
}

test('data is for the owner alone, also when the folder was open before; plugins have no native modules', async () => {
  const home = await createHome({
    'plugins/keeper.js': KEEPER,
    'plugins_config.json': {
      enabled_plugins: { keeper: true, ai_chatbot: false },
      grants: { keeper: { files: true, database: true } },
    },
  })
  const data = join(home, 'data')
  await mkdir(data)
  await chmod(data, 0o755)
  await writeFile(join(data, 'old.txt'), 'x')
  await chmod(join(data, 'old.txt'), 0o664)
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  expect(await ask(driver, await createPerson(driver), '/keep')).toEqual(['kept, and found nothing'])
  expect(await openToOthers(data)).toEqual([])
  await assistant.stop('SIGTERM')
  expect(await openToOthers(data)).toEqual([])
})
