import { long } from '@pluggram/testing/long'
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

const END_MS = 2_000
/** How many times longer than the smallest command such a start may take on a slow machine. */
const SLOW_MACHINE_FACTOR = 15

const UNUSABLE: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  ['broken JSON', { 'config.json': '{\n  "plugins": {,}\n}' }, /config\.json:2:\d+/],
  ['an empty file', { 'config.json': '' }, /config\.json/],
  ['a comment without an end', { 'config.json': '{\n  /* no\n  "ai": {}\n}' }, /config\.json:2:3/],
  ['a duplicate key', { 'config.json': '{\n  "ai": {},\n  "ai": {}\n}' }, /config\.json:3:3.*ai/],
  ['__proto__', { 'config.json': '{ "ai": { "__proto__": { "x": 1 } } }' }, /config\.json:1:\d+.*__proto__/],
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
]

describe('a file that cannot be used ends the start within two seconds, with its place', () => {
  // tests of packages/config name the problem of each, without a program
  test.each(long(UNUSABLE.slice(0, 1), UNUSABLE.slice(1)))('%s', async (_what, files, expected) => {
    const home = await createHome(files)
    const run = async (...args: string[]) => {
      const startedAt = performance.now()
      const program = startProgram('apps/assistant/src/main.ts', args, {
        environment: { PLUGGRAM_HOME: home, PORT: '0' },
      })
      expect(await program.exited).toBe(args[0] === 'start' ? 78 : 64)
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
    expect(await program.exited).toBe(78)
    for (const path of ['http.port', 'telegram.bot_token', 'ai.model', 'TELEGRAM_API_ROOT']) {
      expect(program.output()).toContain(path)
    }
    expect(program.output().replaceAll(`"${SECRET}"`, '')).not.toContain(`MODEL_KEY=${SECRET}`)
  })
})

test('BOM and CRLF simply work', async () => {
  const home = await createHome({
    'config.json': '\uFEFF{\r\n  "assistant": { "name": "Bommel" }\r\n}\r\n',
    'plugins/ping.js': PING,
    'plugins_config.json': { enabled_plugins: { ping: true } },
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  expect(await ask(driver, await createPerson(driver), 'ping')).toEqual(['pong'])
  expect(assistant.output()).not.toContain('config.json:')
})

const BROKEN: readonly (readonly [string, string, RegExp])[] = [
  ['syntax', 'export default class {\n  processMessage( {\n}', /syntax\.ts:\d+/],
  ['not_erasable', 'enum A { B }\nexport default class { processMessage() {} }', /not_erasable\.ts.*enum/],
  [
    'lacks_package',
    "import x from 'no-such-package-here'\nexport default class { processMessage() { return x } }",
    /lacks_package.*no-such-package-here/,
  ],
  ['throws_at_load', "throw new Error('boom at load')", /throws_at_load.*boom at load/],
  [
    'throws_in_constructor',
    "export default class { constructor() { throw new Error('boom in it') } processMessage() {} }",
    /throws_in_constructor.*boom in it/,
  ],
  ['exports_nothing', 'export const x = 1', /exports_nothing.*default export/],
  ['no_plugin', 'export default { x: 1 }', /no_plugin.*default export/],
]

test('what cannot start is named with its place, and the others run', async () => {
  const names = BROKEN.map(([name]) => name)
  const home = await createHome({
    ...Object.fromEntries(BROKEN.map(([name, source]) => [`plugins/${name}.ts`, source])),
    'plugins/ping.js': PING,
    'plugins/shop.js': PING,
    // two plugins of one name
    'plugins/twin.js': PING,
    'plugins/twin/index.js': PING,
    'plugins/twin/package.json': {},
    'plugins/weather.ts': `import { defineManifest, z } from '@pluggram/sdk'
export default class {
  static manifest = defineManifest({ config: z.object({ api_key: z.string(), city: z.string(), days: z.number() }) })
  processMessage() { return undefined }
}`,
    'plugins_config.json': {
      enabled_plugins: Object.fromEntries(
        ['ping', 'shop', 'twin', 'weather', 'dicee', ...names].map((name) => [name, true]),
      ),
    },
    'config.json': `{
  "plugins": {
    "weather": { "days": "three" },
    "shop": { "key": "\${SHOP_SECRET}" },
    "pingg": {}
  }
}`,
  })
  const assistant = await startAssistant(home)
  const driver = await logIn(assistant)
  const ada = await createPerson(driver)
  expect(await ask(driver, ada, 'ping')).toEqual(['pong'])
  for (const [, , named] of BROKEN) await assistant.waitFor(named)
  // missing configuration, all keys at once
  await assistant.waitFor(/config\.json:3:\d+.*Missing required config: plugins\.weather\.api_key/)
  await assistant.waitFor(/config\.json:3:\d+.*Missing required config: plugins\.weather\.city/)
  await assistant.waitFor(/config\.json:3:\d+.*plugins\.weather\.days.*expected a number/)
  // a variable that is not set
  await assistant.waitFor(/config\.json:4:\d+.*plugins\.shop\.key.*SHOP_SECRET/)
  // names that nobody has, with the name that was meant
  await assistant.waitFor(/config\.json:5:\d+.*plugins\.pingg.*Did you mean \\?"ping/)
  await assistant.waitFor(/plugins_config\.json:\d+:\d+.*dicee.*Did you mean \\?"dice/)
  await assistant.waitFor(/twin\.js/)
  await assistant.waitFor(/twin\/index\.js/)
})
