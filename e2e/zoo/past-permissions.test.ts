import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from '../support/assistant.ts'
import { ask, createPerson } from '../support/emulator.ts'
import { createHome, removeHomes } from '../support/home.ts'
import { ROOT, stopAllPrograms } from '../support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const [PLANTED, COMPILED] = [`planted-${randomUUID()}`, `compiled-${randomUUID()}`]

/** Makes Node and V8 themselves write files, which Node's permission model does not check. */
const WRITER = `import module from 'node:module'
import os from 'node:os'
import v8, { setFlagsFromString } from 'node:v8'

const folder = import.meta.dirname
const mark = '${COMPILED}'
const ATTEMPTS = {
  'flags of V8': () => v8.setFlagsFromString('--trace-turbo-path=' + folder),
  'flags of V8, by name': () => setFlagsFromString('--trace-turbo'),
  'report of a fatal error': () => Object.assign(process.report, { reportOnFatalError: true, directory: folder, filename: 'victim.txt' }),
  'another report': () => { process.report = { getReport() {} } },
  priority: () => os.setPriority(-20),
}

export default class {
  static manifest = { commands: { try: { description: 'Tries' }, compile: { description: 'Compiles' }, fill: { description: 'Fills' }, cache: { description: 'Tells' } } }
  async processMessage(message, { command }) {
    if (command?.name === 'fill') { const all = []; for (;;) all.push({ all: [all.length] }) }
    if (command?.name === 'compile') {
      const other = new URL('./other.ts', import.meta.url).href
      module.registerHooks({
        resolve: (specifier, context, next) => specifier === other ? { url: other, shortCircuit: true } : next(specifier, context),
        load: (url, context, next) =>
          url === other ? { format: 'module-typescript', source: 'export default "${PLANTED}" as string', shortCircuit: true } : next(url, context),
      })
      const planted = (await import(other)).default
      module.flushCompileCache()
      return { success: true, response: planted }
    }
    if (command?.name === 'cache') return { success: true, response: process.argv[2] }
    const refused = Object.entries(ATTEMPTS).map(([what, attempt]) => {
      try { return what + ': ' + attempt() } catch (error) { return error instanceof TypeError || error.code === 'ERR_ACCESS_DENIED' ? 'refused' : String(error) }
    })
    return { success: true, response: refused.join() }
  }
}`

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted()
}

/** Files of the installation's cache of compiled code that contain a text. */
async function compiledFilesWith(text: string): Promise<string[]> {
  const files = await filesIn(join(ROOT, 'node_modules/.cache/pluggram-plugins/compiled'))
  // other programs write there too, to files that they rename
  const contents = await Promise.all(files.map((file) => readFile(file).catch(() => undefined)))
  return files.filter((_, index) => contents[index]?.includes(text))
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

  const [link = ''] = await ask(driver, ada, '/cache')
  const plugins = await filesIn(join(home, 'plugins'))
  // the process did store what it compiled before the plugin ran
  expect(await compiledFilesWith(COMPILED)).toHaveLength(1)
  expect(await ask(driver, ada, '/compile')).toEqual([PLANTED])
  expect((await ask(driver, ada, '/fill')).join()).toContain('Writer crashed')
  await assistant.waitFor(/"crashes":1/)
  expect(await compiledFilesWith(PLANTED)).toEqual([])
  expect(await filesIn(join(home, 'plugins'))).toEqual(plugins)
  expect(await readFile(join(home, 'plugins/victim.txt'), 'utf8')).toBe('untouched')
  expect(link).toContain('lent')
  expect(existsSync(link)).toBe(false)
})
