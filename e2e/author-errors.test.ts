import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { createPerson, write } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const answering = (body: string, before = ''): string =>
  `${before}\nexport default class {\n  async processMessage(message) {\n    ${body}\n  }\n}\n`

/** Plugins with a mistake each, and the line of the log that helps. */
const BROKEN: readonly (readonly [file: string, source: string, line: string])[] = [
  [
    'python_names.ts',
    'export default class { async process_message(m) { return { success: true, response: m } } get_status() {} }',
    'Plugin python_names: it has process_message, which nobody calls. Did you mean processMessage?',
  ],
  [
    'typing_error.ts',
    'export default class { procesMessage() {} }',
    'Plugin typing_error: it has procesMessage, which nobody calls. Did you mean processMessage?',
  ],
  [
    'silent.ts',
    'export default class { answer() {} }',
    'Plugin silent: it has no processMessage, commands, tools or schedules, so it never answers.',
  ],
  [
    'odd_permissions.ts',
    `import { definePlugin } from '@pluggram/sdk'
export default definePlugin({ priorty: 5, permissions: { netwrk: ['a.com'], databse: true }, setup: () => ({ processMessage() {} }) })`,
    "unknown manifest key 'permissions.databse' ignored; did you mean database?",
  ],
  [
    'address.ts',
    `import { definePlugin } from '@pluggram/sdk'
export default definePlugin({ permissions: { network: ['http://a.com/path'] }, setup: () => ({}) })`,
    'permissions.network.0: \\"http://a.com/path\\" is an address, and this takes hosts; write a.com.',
  ],
  [
    'decorated.ts',
    'function log(value: unknown, context: unknown) {}\n@log\nexport default class { processMessage() {} }',
    'plugins/decorated.ts:2:1: Plugin decorated cannot be loaded: decorators are not supported',
  ],
  [
    'wrong_ending.ts',
    answering('', "import { x } from './_help.js'"),
    'There is _help.ts: imports name the file',
  ],
  [
    'wrong_package.ts',
    answering('', "import { definePlugin } from 'pluggram'"),
    'there is no package pluggram. Did you mean @pluggram/sdk?',
  ],
  [
    'native.ts',
    answering('', "throw new Error('built for another Node\\nrun npm rebuild')"),
    'it threw \\"built for another Node run npm rebuild\\" while it was imported.',
  ],
  ['empty.ts', '', 'Plugin empty cannot be loaded: the file exports nothing.'],
]

/** What a running plugin does wrong, and the line of the log that helps. */
const WRONG: Readonly<Record<string, readonly [body: string, line: string | RegExp]>> = {
  misnamed: [
    "return { success: true, message: 'x' }",
    'it has message, which is not shown. Put the answer into response',
  ],
  unawaited: ["return { success: true, response: Promise.resolve('x') }", 'response is a promise: await it'],
  shape: ["return { ok: true, text: 'x' }", 'success must be true or false, got { ok, text }'],
  http: [
    "await new Promise((resolve, reject) => http.get('http://example.com', resolve).on('error', reject))",
    'opened a network connection of its own, which the plugin',
  ],
  program: [
    "await new Promise((done, fail) => exec('ls', (error) => error ? fail(error) : done()))",
    'started another program',
  ],
  write: [
    "fs.writeFileSync('/tmp/written-by-a-plugin', 'x')",
    'wrote to the disk (/tmp/written-by-a-plugin)',
  ],
  worker: ["new Worker('1', { eval: true })", 'started a worker thread'],
  socket: ["new WebSocket('ws://example.com')", "A plugin's process has no WebSocket."],
  query: ["await this.services.database.query('SELEC 1')", /SELEC.*"at":"plugins\/wrong\.ts:\d+:\d+"/],
}

test('what authors get wrong is said in words that name the place and the next step', async () => {
  const cases = Object.entries(WRONG).map(([word, [body]]) => `if (message === '${word}') { ${body} }`)
  const home = await createHome({
    ...Object.fromEntries(BROKEN.map(([file, source]) => [`plugins/${file}`, source])),
    'plugins/_help.ts': 'export const x = 1',
    'plugins/wrong.ts': `import http from 'node:http'
import fs from 'node:fs'
import { exec } from 'node:child_process'
import { Worker } from 'node:worker_threads'
export default class Wrong {
  static manifest = { permissions: { database: true } }
  constructor(config, services) { this.services = services }
  async processMessage(message) {
    ${cases.join('\n    ')}
  }
}`,
    'plugins_config.json': {
      enabled_plugins: Object.fromEntries([
        ...BROKEN.map(([file]) => [file.slice(0, -3), true]),
        ['wrong', true],
      ]),
      grants: { wrong: { database: true } },
    },
  })
  const assistant = await startAssistant(home)
  for (const [, , line] of BROKEN) await assistant.waitFor(new RegExp(RegExp.escape(line)))
  expect(assistant.output()).toContain("unknown manifest key 'priorty' ignored; did you mean priority?")
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  for (const [word, [, line]] of Object.entries(WRONG)) {
    await write(driver, ada, word)
    await assistant.waitFor(typeof line === 'string' ? new RegExp(RegExp.escape(line)) : line)
  }
  expect(assistant.output()).not.toContain('--allow-')
})
