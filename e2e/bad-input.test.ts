import { afterEach, describe, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startProgram, stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

const PING =
  'export default class { processMessage(message) { if (message === "ping") return { success: true, response: "pong" } } }'
const SECRET = 'sk-never-shown-1234567890'

/** Starts with broken files and a healthy plugin. The healthy one must answer. */
async function startBeside(
  files: Record<string, string | object>,
  switches: Record<string, boolean>,
  environment = {},
) {
  const home = await createHome({
    'plugins/ping.js': PING,
    'plugins_config.json': { enabled_plugins: { ping: true, ...switches } },
    ...files,
  })
  const assistant = await startAssistant(home, environment)
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  expect(await ask(driver, ada, 'ping')).toEqual(['pong'])
  return assistant.output()
}

const END_MS = 2_000
/** How many times longer than the smallest command such a start may take on a slow machine. */
const SLOW_MACHINE_FACTOR = 15

describe('a file that cannot be used ends the start within two seconds, with its place', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['broken JSON', { 'config.json': '{\n  "plugins": {,}\n}' }, /config\.json:2:\d+/],
    ['an empty file', { 'config.json': '' }, /config\.json/],
    ['a comment', { 'config.json': '{\n  // no\n  "ai": {}\n}' }, /config\.json:2:3/],
    ['a duplicate key', { 'config.json': '{\n  "ai": {},\n  "ai": {}\n}' }, /config\.json:3:3.*ai/],
    [
      '__proto__',
      { 'config.json': '{ "plugins": { "__proto__": { "x": 1 } } }' },
      /config\.json:1:\d+.*__proto__/,
    ],
    [
      'a wrong type',
      { 'config.json': '{\n  "http": { "port": "many" }\n}' },
      /config\.json:2:\d+: http\.port: expected .*65535.* got/,
    ],
    ['an unknown key', { 'config.json': '{ "plugin": {} }' }, /config\.json:1:\d+: plugin.*plugins/],
    ['a list', { 'config.json': '[]' }, /config\.json:1:1/],
    [
      'switches that are no switches',
      { 'plugins_config.json': '{ "enabled_plugins": { "dice": "yes" } }' },
      /plugins_config\.json:1:\d+: enabled_plugins\.dice/,
    ],
    [
      'an unset variable',
      { 'config.json': '{ "assistant": { "name": "${NO_SUCH_NAME}" } }' },
      /config\.json:1:\d+.*NO_SUCH_NAME/,
    ],
  ])('%s', async (_what, files, expected) => {
    const home = await createHome(files)
    const run = async (...args: string[]) => {
      const startedAt = performance.now()
      const program = startProgram('apps/assistant/src/main.ts', args, {
        environment: { PLUGGRAM_HOME: home, PORT: '0' },
      })
      expect(await program.exited).toBe(1)
      return { program, milliseconds: performance.now() - startedAt }
    }
    const { program, milliseconds } = await run('start')
    const isSoon = milliseconds < END_MS
    const limit = isSoon ? END_MS : SLOW_MACHINE_FACTOR * (await run('no-such-command')).milliseconds
    expect(milliseconds).toBeLessThan(limit)
    expect(program.output()).toMatch(expected)
    expect(program.output()).not.toMatch(/\n\s+at /)
  })

  test('every problem is reported at once, and no secret value with it', async () => {
    const home = await createHome({
      'config.json': `{\n  "http": { "port": 99999 },\n  "telegram": { "bot_token": 12345 },\n  "log": { "level": "${SECRET}" },\n  "ai": { "model": "\${MODEL_KEY}" }\n}`,
      '.env': `MODEL_KEY=${SECRET}\nbroken line\n`,
    })
    const program = startProgram('apps/assistant/src/main.ts', ['start'], {
      environment: { PLUGGRAM_HOME: home, LOG_LEVEL: 'info', TELEGRAM_API_ROOT: 'nowhere' },
    })
    expect(await program.exited).toBe(1)
    for (const path of ['http.port', 'telegram.bot_token', 'ai.model', 'TELEGRAM_API_ROOT']) {
      expect(program.output()).toContain(path)
    }
    expect(program.output().replaceAll(`"${SECRET}"`, '')).not.toContain(`MODEL_KEY=${SECRET}`)
  })
})

test('BOM and CRLF simply work', async () => {
  const output = await startBeside(
    { 'config.json': '\uFEFF{\r\n  "assistant": { "name": "Bommel" }\r\n}\r\n' },
    {},
  )
  expect(output).not.toContain('config.json:')
})

test('missing configuration is named for all keys at once, with file and line', async () => {
  const output = await startBeside(
    {
      'plugins/weather.ts': `import { defineManifest, z } from '@pluggram/sdk'
export default class {
  static manifest = defineManifest({ config: z.object({ api_key: z.string(), city: z.string(), days: z.number() }) })
  processMessage() { return undefined }
}`,
      'config.json': '{\n  "plugins": {\n    "weather": { "days": "three" }\n  }\n}',
    },
    { weather: true },
  )
  expect(output).toMatch(/config\.json:3:\d+.*Missing required config: plugins\.weather\.api_key/)
  expect(output).toMatch(/config\.json:3:\d+.*Missing required config: plugins\.weather\.city/)
  expect(output).toMatch(/config\.json:3:\d+.*plugins\.weather\.days.*expected a number/)
})

test('a variable that is not set leaves out only the plugin that needs it', async () => {
  const output = await startBeside(
    {
      'plugins/shop.js': PING,
      'config.json': '{\n  "plugins": {\n    "shop": { "key": "${SHOP_SECRET}" }\n  }\n}',
    },
    { shop: true },
  )
  expect(output).toMatch(/config\.json:3:\d+.*plugins\.shop\.key.*SHOP_SECRET/)
})

test('unknown plugin names are warned of, with the name that was meant', async () => {
  const output = await startBeside({ 'config.json': '{ "plugins": { "pingg": {} } }' }, { dicee: true })
  expect(output).toMatch(/config\.json:1:\d+.*plugins\.pingg.*Did you mean \\?"ping/)
  expect(output).toMatch(/plugins_config\.json:\d+:\d+.*dicee.*Did you mean \\?"dice/)
})

test('two plugins of one name: both files are named', async () => {
  const output = await startBeside(
    { 'plugins/twin.js': PING, 'plugins/twin/index.js': PING, 'plugins/twin/package.json': {} },
    { twin: true },
  )
  expect(output).toMatch(/twin\.js/)
  expect(output).toMatch(/twin\/index\.js/)
})

describe('a plugin that cannot start is named with its place, and the others run', () => {
  test.each<[string, string, RegExp]>([
    ['a syntax error', 'export default class {\n  processMessage( {\n}', /broken\.ts:\d+/],
    ['an enum', 'enum A { B }\nexport default class { processMessage() {} }', /broken\.ts.*enum/s],
    [
      'a missing package',
      "import x from 'no-such-package-here'\nexport default class { processMessage() { return x } }",
      /no-such-package-here/,
    ],
    ['a throw while it is loaded', "throw new Error('boom at load')", /broken.*boom at load/s],
    [
      'a throw in its constructor',
      "export default class { constructor() { throw new Error('boom in it') } processMessage() {} }",
      /broken.*boom in it/s,
    ],
    ['no default export', 'export const x = 1', /broken.*default export/s],
    ['an object that is no plugin', 'export default { x: 1 }', /broken.*default export/s],
  ])('%s', async (_what, source, expected) => {
    const output = await startBeside({ 'plugins/broken.ts': source }, { broken: true })
    expect(output).toMatch(expected)
  })
})
