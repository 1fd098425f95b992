import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from '../support/assistant.ts'
import { ask, createPerson } from '../support/emulator.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { stopAllPrograms } from '../support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const MARK = 'left-by-writer'

/** Makes Node and V8 themselves write files, which Node's permission model does not check. */
const WRITER = `import module from 'node:module'
import os from 'node:os'
import v8, { setFlagsFromString } from 'node:v8'

const folder = import.meta.dirname
const ATTEMPTS = {
  'flags of V8': () => v8.setFlagsFromString('--trace-turbo-path=' + folder),
  'flags of V8, by name': () => setFlagsFromString('--trace-turbo'),
  'report of a fatal error': () => Object.assign(process.report, { reportOnFatalError: true, directory: folder, filename: 'victim.txt' }),
  'another report': () => { process.report = { getReport() {} } },
  priority: () => os.setPriority(-20),
}

export default class {
  static manifest = { commands: { try: { description: 'Tries' }, compile: { description: 'Compiles' }, fill: { description: 'Fills' } } }
  async processMessage(message, { command }) {
    if (command?.name === 'fill') { const all = []; for (;;) all.push({ all: [all.length] }) }
    if (command?.name === 'compile') {
      const other = new URL('./other.ts', import.meta.url).href
      module.registerHooks({
        resolve: (specifier, context, next) => specifier === other ? { url: other, shortCircuit: true } : next(specifier, context),
        load: (url, context, next) =>
          url === other ? { format: 'module-typescript', source: 'export default "${MARK}" as string', shortCircuit: true } : next(url, context),
      })
      const { default: mark } = await import(other)
      module.flushCompileCache()
      return { success: true, response: mark }
    }
    const refused = Object.entries(ATTEMPTS).map(([what, attempt]) => {
      try { return what + ': ' + attempt() } catch (error) { return error instanceof TypeError || error.code === 'ERR_ACCESS_DENIED' ? 'refused' : String(error) }
    })
    return { success: true, response: refused.join() }
  }
}`

async function namesOfAll(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.map(({ parentPath, name }) => join(parentPath, name)).toSorted()
}

test('nothing that a plugin makes Node or V8 do by themselves writes a file', async () => {
  const home = await createHome({
    'plugins/writer.js': WRITER,
    'plugins/other.ts': 'export default class { processMessage() { return undefined } }',
    'plugins/victim.txt': 'untouched',
    'plugins_config.json': { enabled_plugins: { writer: true } },
    'config.json': { plugin_host: { memory_mb: 128 } },
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  expect(await ask(driver, ada, '/try')).toEqual(['refused,refused,refused,refused,refused'])

  const cache = join(home, 'data/cache/compiled')
  const [kept, plugins] = [await namesOfAll(cache), await namesOfAll(join(home, 'plugins'))]
  // the process did store what it compiled before the plugin ran
  expect(kept.length).toBeGreaterThan(50)
  expect(await ask(driver, ada, '/compile')).toEqual([MARK])
  expect((await ask(driver, ada, '/fill')).join()).toContain('writer')
  await assistant.waitFor(/"crashes":1/)
  expect(await namesOfAll(cache)).toEqual(kept)
  expect(await namesOfAll(join(home, 'plugins'))).toEqual(plugins)
  expect(await readFile(join(home, 'plugins/victim.txt'), 'utf8')).toBe('untouched')
  expect(await readdir(join(home, 'data/cache/lent'))).toEqual([])
})
