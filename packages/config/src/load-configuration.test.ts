import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfiguration } from './load-configuration.ts'
import { DEFAULT_PLUGINS } from './decide-plugins.ts'
import { linesOf, load } from './test-configuration.ts'
import { createTestHome } from './test-home.ts'

describe('a home without files', () => {
  it('has the defaults and no problems', async () => {
    const loaded = await load({})
    expect(loaded).toMatchObject({ isUsable: true, problems: [], secrets: [], environment: {} })
    expect([...loaded.plugins.switches.keys()]).toEqual([...DEFAULT_PLUGINS])
    expect(loaded.settings).toEqual({
      cache: {},
      backup: { folder: 'backups', keep: 7 },
      alerts: {
        enabled: true,
        off: [],
        to: [],
        quietHours: '23:00-07:00',
        urgent: ['telegram', 'storage', 'disk'],
        perDay: 10,
        waitSeconds: {},
        groupSeconds: 10,
        lookSeconds: 5,
        diskFreeMb: 500,
      },
      databases: {},
      assistant: { name: 'Pluggram' },
      access: {
        owners: [],
        trusted: [],
        allowedUsers: [],
        allowedGroups: [],
        blocked: [],
      },
      ai: {
        model: 'auto',
        choices: [],
        providers: {},
        embeddingModel: 'auto',
        transcriptionModel: 'auto',
        speechModel: 'auto',
        timeouts: { firstTokenSeconds: 60, betweenTokensSeconds: 30, totalSeconds: 300 },
        tools: { maxRounds: 8, maxParallel: 4, timeoutSeconds: 30, approvalSeconds: 600, granted: [] },
        budgets: {
          overall: { day: {}, month: {} },
          user: { day: {}, month: {} },
          chat: { day: {}, month: {} },
          plugin: { day: {}, month: {} },
        },
        atLimit: 'refuse',
        concurrency: { user: 4, overall: 256 },
      },
      mcp: { servers: {} },
      network: {},
      telegram: {
        webhook: {},
        streaming: 'auto',
        richMessages: 'off',
        limits: { overallPerSecond: 30, chatPerSecond: 1, groupPerMinute: 20 },
      },
      http: { host: '127.0.0.1', port: 8080, allowedHosts: [], loopbackDetails: true },
      log: { level: 'info' },
      journeys: { keep: 1_000, days: 7 },
      storage: { synchronous: 'full' },
      limits: { concurrentChats: 64, pluginTimeoutSeconds: 120 },
      pluginHost: {
        sandbox: 'none',
        filesMb: 256,
        hotReload: true,
        idleSeconds: 300,
        memoryMb: 256,
        plugins: {},
      },
    })
  })

  it('is an error when the home itself does not exist', async () => {
    const loaded = await loadConfiguration({ home: '/nonexistent/home', environment: {} })
    expect(loaded.isUsable).toBe(false)
    expect(linesOf(loaded)[0]).toContain('PLUGGRAM_HOME: the folder does not exist')
  })
})

describe('unusable files', () => {
  it.each([
    ['an empty file', '', 'an empty file'],
    ['an array', '[]', 'expected an object, but got an empty array'],
    ['broken JSON', '{ "a": }', 'expected a value'],
    ['an unclosed comment', '{} /* why', 'a closing */'],
    ['a duplicate key', '{ "log": {}, "log": {} }', 'this key is already on line 1'],
    ['__proto__', '{ "log": { "__proto__": {} } }', 'is not allowed'],
    ['UTF-16', Buffer.from('\uFEFF{}', 'utf16le'), 'UTF-16 text'],
    ['plugins that are no object', '{ "plugins": [] }', 'an object of plugin blocks'],
  ])('config.json with %s cannot be used', async (_, content, words) => {
    const loaded = await load({ 'config.json': content })
    expect(loaded.isUsable).toBe(false)
    expect(linesOf(loaded)).toHaveLength(1)
    expect(linesOf(loaded)[0]).toMatch(/^config\.json:1:\d+: /)
    expect(linesOf(loaded)[0]).toContain(words)
  })

  it.each([
    ['broken JSON', '{', 'a closing }'],
    ['switches that are no object', '{ "enabled_plugins": ["dice"] }', 'an object of plugin names'],
    [
      'a switch that is neither true nor false',
      '{ "enabled_plugins": { "dice": "yes" } }',
      'expected true or false, but got the string "yes"',
    ],
  ])('plugins_config.json with %s cannot be used', async (_, content, words) => {
    const loaded = await load({ 'plugins_config.json': content })
    expect(loaded.isUsable).toBe(false)
    expect(linesOf(loaded)[0]).toMatch(/^plugins_config\.json:1:\d+: /)
    expect(linesOf(loaded)[0]).toContain(words)
  })

  it('are a folder in place of a file', async () => {
    await using home = await createTestHome()
    await mkdir(home.file('config.json'))
    const loaded = await loadConfiguration({ home: home.home, environment: {} })
    expect(loaded.isUsable).toBe(false)
    expect(linesOf(loaded)).toEqual([
      'config.json:1:1: expected a text file, but got a folder. Remove the folder or rename it.',
    ])
  })

  it('do not keep the other files from being checked', async () => {
    const loaded = await load(
      { 'config.json': '{', 'plugins_config.json': '[]', '.env': 'oops' },
      { PORT: 'abc' },
    )
    expect(loaded.problems.map(({ file, path: key }) => key || path.basename(file))).toEqual([
      '.env',
      'config.json',
      'PORT',
      'plugins_config.json',
    ])
  })
})

describe('locate', () => {
  it('finds keys, ancestors and variables', async () => {
    const loaded = await load(
      { 'config.json': '{\n "log": {\n  "level": "info" },\n "plugins": { "a": {} } }' },
      { PORT: '1' },
    )
    expect(loaded.locate(['log', 'level'])).toMatchObject({ line: 3, column: 3, via: 'config.json' })
    expect(loaded.locate(['plugins', 'a', 'api_key'])).toMatchObject({ line: 4, column: 15 })
    expect(loaded.locate(['plugins', 'b', 'api_key'])).toMatchObject({ line: 4, column: 2 })
    expect(loaded.locate(['http', 'port'])).toMatchObject({ file: 'environment', via: 'environment PORT' })
    expect(path.basename(loaded.locate(['ai']).file)).toBe('config.json')
  })

  it('points at the start of a config.json that does not exist', async () => {
    expect((await load({})).locate(['plugins', 'a'])).toMatchObject({
      line: 1,
      column: 1,
      via: 'config.json',
    })
  })
})

describe('secrets', () => {
  it('hold what the environment and secret keys gave, longest first', async () => {
    const loaded = await load(
      {
        'config.json': {
          plugins: {
            a: { api_key: 'key-in-file', greeting: 'hello there', db: 'postgres://u:passw0rd@h/d' },
          },
        },
        '.env': 'OPENAI_API_KEY=from-env-file\nGREETING=not a secret\n',
      },
      { SENTRY_DSN: 'https://public-part@sentry.example/1' },
    )
    expect(loaded.secrets).toEqual([
      'https://public-part@sentry.example/1',
      'from-env-file',
      'key-in-file',
      'public-part',
      'passw0rd',
    ])
  })
})

describe('the shipped example', () => {
  it('loads without a problem', async () => {
    const root = path.join(import.meta.dirname, '../../..')
    const read = async (name: string): Promise<string> => readFile(path.join(root, name), 'utf8')
    const loaded = await load({
      'config.json': await read('config.example.json'),
      '.env': await read('.env.example'),
    })
    expect(linesOf(loaded)).toEqual([])
    expect([...loaded.plugins.switches]).toEqual([
      ['admin', true],
      ['dice', true],
      ['reminders', true],
      ['translate', true],
      ['file_info', true],
      ['ai_chatbot', true],
    ])
    expect(Object.keys(loaded.plugins.blocks)).toEqual(['dice', 'file_info', 'ai_chatbot'])
    expect(loaded.environment).toEqual({})
  })
})
