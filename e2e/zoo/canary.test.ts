import { readFile, symlink } from 'node:fs/promises'
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

const HOST_CANARY = 'hostcanary-51f0c7'
const OTHER_CANARY = 'othercanary-8be21d'
const OWN_CANARY = 'owncanary-a97c33'

/**
 * Searches for secrets everywhere a plugin can look, its own memory included. Reports the kinds it
 * found.
 */
const SEARCHER = `import fs from 'node:fs'
import v8 from 'node:v8'

export default class {
  static manifest = { commands: { search: { description: 'Searches' } } }
  constructor(config) { this.own = config.plugins.searcher.secret_key }
  async processMessage(message, { command }) {
    if (!command) return
    const seen = new Set()
    const read = []
    const look = (place, text) => {
      for (const kind of ['host', 'other', 'own'])
        // put together here, so that this file itself does not hold it
        if (text.includes(kind + 'canary' + '-')) seen.add(kind + ' in ' + place)
    }
    const attempt = (place, work) => { try { const text = String(work()); read.push(place); look(place, text) } catch {} }
    attempt('environment', () => JSON.stringify(process.env))
    attempt('arguments', () => process.argv.join() + process.execArgv.join())
    attempt('report', () => JSON.stringify(process.report.getReport()))
    for (const pid of ['self', process.ppid, 1])
      for (const file of ['environ', 'cmdline', 'maps', 'mem', 'fd/3', 'root/etc/passwd', 'cwd/config.json'])
        attempt('/proc/' + pid + '/' + file, () => fs.readFileSync('/proc/' + pid + '/' + file, 'latin1'))
    attempt('loadEnvFile', () => { process.loadEnvFile('/proc/' + process.ppid + '/environ'); return JSON.stringify(process.env) })
    const home = new URL('../', import.meta.url)
    for (const file of ['config.json', 'plugins_config.json', '.env', 'data/pluggram.db', 'data/door/address', 'data/session.key',
      'data/cache/manifests.json', 'plugins/other.js', 'plugins/other_folder/index.js',
      'plugins/twice.js', 'plugins/twice/index.js', 'plugins/broken.js'])
      attempt(file, () => fs.readFileSync(new URL(file, home), 'latin1'))
    attempt('folder of the home', () => fs.readdirSync(home))
    attempt('modules', () => process.binding('fs'))
    for (const file of ['.env', 'config.json'])
      try { const module = await import(new URL(file, home), { with: { type: 'json' } }); read.push('import ' + file); look('import', JSON.stringify(module)) } catch {}
    let heap = ''
    for await (const chunk of v8.getHeapSnapshot()) heap += chunk
    look('memory', heap)
    return { success: true, response: JSON.stringify({ seen: [...seen].sort(), read }) }
  }
}
`

test('no plugin finds a secret of the host or of another plugin', async () => {
  const home = await createHome({
    'plugins/searcher.js': SEARCHER,
    'plugins/other.js': `// ${OTHER_CANARY}
      export default class { constructor(config) { this.secret = config.plugins.other.secret_key } processMessage() {} }`,
    'plugins/other_folder/index.js': `// ${OTHER_CANARY}
      export default class { processMessage() {} }`,
    // left out: two of the same name, and one whose block is not an object
    'plugins/twice.js': `// ${OTHER_CANARY}`,
    'plugins/twice/index.js': `// ${OTHER_CANARY}`,
    'plugins/broken.js': `// ${OTHER_CANARY}`,
    '.env': `EXTRA_TOKEN=${HOST_CANARY}`,
    'config.json': {
      plugins: { searcher: { secret_key: OWN_CANARY }, other: { secret_key: OTHER_CANARY }, broken: 'text' },
    },
    'plugins_config.json': {
      enabled_plugins: { searcher: true, other: true, other_folder: true, twice: true, broken: true },
    },
  })
  const assistant = await startAssistant(home, { OPENAI_API_KEY: HOST_CANARY, MORE: HOST_CANARY })
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  const [answer = ''] = await ask(driver, ada, '/search')
  expect(JSON.parse(answer)).toEqual({
    seen: ['own in memory'],
    read: ['environment', 'arguments', 'report'],
  })
  expect(assistant.output()).not.toMatch(/canary-/)
})

test('the environment that the assistant was started with is not to be seen in /proc', async () => {
  const home = await createHome()
  const assistant = await startAssistant(home, { SOME_TOKEN: HOST_CANARY, LOG_LEVEL: 'debug' })
  const environment = await readFile(`/proc/${assistant.pid}/environ`, 'latin1')
  expect(environment.replaceAll('\0', '')).toBe('')
  // the assistant still uses its values
  await assistant.waitFor(/"level":"debug"/)
})

test('a link out of a plugin’s folder is no way out', async () => {
  const home = await createHome({
    'plugins/linked/index.js': 'export default class { processMessage() {} }',
    'plugins_config.json': { enabled_plugins: { linked: true } },
    'config.json': {},
  })
  await symlink('/proc', join(home, 'plugins/linked/world'))
  const assistant = await startAssistant(home)
  await assistant.waitFor(/linked is not started: its folder holds a link that leads out of it/)
})
