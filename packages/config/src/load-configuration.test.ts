import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatProblem } from './config-problem.ts'
import { loadConfiguration } from './load-configuration.ts'
import type { LoadedConfiguration } from './loaded-configuration.ts'
import { createTestHome } from './test-home.ts'

type Files = Parameters<typeof createTestHome>[0]
const TOKEN = '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw'

async function load(
  files: Files,
  environment: Record<string, string | undefined> = {},
): Promise<LoadedConfiguration> {
  await using home = await createTestHome(files)
  return loadConfiguration({ home: home.home, environment })
}

function linesOf(loaded: LoadedConfiguration): string[] {
  return loaded.problems.map((problem) => formatProblem(problem, loaded))
}

async function problemsOf(
  files: Files,
  environment: Record<string, string | undefined> = {},
): Promise<string[]> {
  return linesOf(await load(files, environment))
}

describe('a home without files', () => {
  it('has the defaults and no problems', async () => {
    const loaded = await load({})
    expect(loaded).toMatchObject({ isUsable: true, problems: [], secrets: [], environment: {} })
    expect(loaded.plugins.switches.size).toBe(0)
    expect(loaded.settings).toEqual({
      cache: {},
      databases: {},
      assistant: { name: 'Pluggram' },
      access: {
        mode: 'everyone',
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
        concurrency: { user: 4, overall: 64 },
      },
      mcp: { servers: {} },
      telegram: {
        webhook: {},
        streaming: 'auto',
        richMessages: 'off',
        limits: { overallPerSecond: 30, chatPerSecond: 1, groupPerMinute: 20 },
      },
      http: { host: '127.0.0.1', port: 8080, allowedHosts: [] },
      log: { level: 'info' },
      storage: { synchronous: 'full' },
      limits: { concurrentChats: 64, pluginTimeoutSeconds: 120 },
      pluginHost: { sandbox: 'none', hotReload: true, idleSeconds: 300, memoryMb: 256, plugins: {} },
    })
  })

  it('is an error when the home itself does not exist', async () => {
    const loaded = await loadConfiguration({ home: '/nonexistent/home', environment: {} })
    expect(loaded.isUsable).toBe(false)
    expect(linesOf(loaded)[0]).toContain('PLUGGRAM_HOME  expected a folder that exists')
  })
})

describe('settings', () => {
  it('are typed, camelCase and frozen through and through', async () => {
    const { settings, isUsable } = await load({
      'config.json': {
        $schema: './config.schema.json',
        assistant: { name: 'Ada' },
        ai: {
          model: 'openai:gpt-5',
          base_url: 'http://127.0.0.1:1/v1/',
          timeouts: { total_seconds: 1.5 },
        },
        http: { allowed_hosts: ['pluggram.example.com'] },
      },
    })
    expect(isUsable).toBe(true)
    expect(settings.assistant.name).toBe('Ada')
    expect(settings.ai).toMatchObject({
      model: 'openai:gpt-5',
      baseUrl: 'http://127.0.0.1:1/v1',
      timeouts: { firstTokenSeconds: 60, totalSeconds: 1.5 },
    })
    expect(Object.isFrozen(settings.ai.timeouts) && Object.isFrozen(settings.http.allowedHosts)).toBe(true)
  })

  it('keep the names of MCP servers, of their variables and headers', async () => {
    const { settings, isUsable } = await load(
      {
        'config.json': {
          mcp: {
            servers: {
              my_files: { command: 'npx', args: ['-y', 'server'], env: { my_key: '${SOME_KEY}' } },
              remote: { url: 'https://mcp.example.com/mcp', headers: { 'x-api-key': 'k' }, role: 'everyone' },
            },
          },
        },
      },
      { SOME_KEY: 'value', MCP_TOKEN: ' 0123456789abcdef ' },
    )
    expect(isUsable).toBe(true)
    expect(settings.mcp).toEqual({
      token: '0123456789abcdef',
      servers: {
        my_files: {
          command: 'npx',
          args: ['-y', 'server'],
          env: { my_key: 'value' },
          headers: {},
          role: 'owner',
        },
        remote: {
          url: 'https://mcp.example.com/mcp',
          headers: { 'x-api-key': 'k' },
          args: [],
          env: {},
          role: 'everyone',
        },
      },
    })
    expect(Object.isFrozen(settings.mcp.servers['my_files']?.env)).toBe(true)
  })

  it('ask for either a command or an address of an MCP server', async () => {
    const lines = await problemsOf({
      'config.json': { mcp: { servers: { both: {}, Bad: { command: 'x' } } } },
    })
    expect(lines.join('\n')).toContain('mcp.servers.both')
    expect(lines.join('\n')).toContain('Bad')
  })

  it('report every mistake of the file at once, with positions', async () => {
    const text = `{
  "assistant": { "name": "" },
  "model": "x",
  "ai": { "model": "gpt-4o", "baseUrl": "a" },
  "http": { "port": "8080", "allowed_hosts": ["ok.example", "http://x"] },
  "telegram": { "webhook": 5, "streaming": "yes" },
  "log": { "level": null },
  "limits": []
}`
    const loaded = await load({ 'config.json': text })
    expect(loaded.isUsable).toBe(false)
    expect(linesOf(loaded)).toEqual([
      'config.json:2:26  assistant.name  expected a name of 1 to 64 characters got an empty string  correct assistant.name in config.json, or remove it',
      'config.json:3:3  model  expected a known key got the unknown key "model"  did you mean "ai.model"? Rename or remove it',
      'config.json:4:20  ai.model  expected "auto", "provider:model" with openai, anthropic, google, openai-compatible, llama-cpp, demo, or a name of ai.providers, or an array of at most 10 of them got the string "gpt-4o"  correct ai.model in config.json, or remove it',
      'config.json:4:30  ai.baseUrl  expected a known key got the unknown key "baseUrl"  did you mean "base_url"? Rename or remove it',
      'config.json:5:21  http.port  expected a whole number from 0 to 65535 got the string "8080"  correct http.port in config.json, or remove it',
      'config.json:5:61  http.allowed_hosts[1]  expected a host name without scheme and port got the string "http://x"  correct http.allowed_hosts[1] in config.json, or remove it',
      'config.json:6:28  telegram.webhook  expected an object got the number 5  correct telegram.webhook in config.json, or remove it',
      'config.json:6:44  telegram.streaming  expected "auto", "private" or "off" got the string "yes"  correct telegram.streaming in config.json, or remove it',
      'config.json:7:21  log.level  expected one of trace, debug, info, warn, error, fatal got null  correct log.level in config.json, or remove it',
      'config.json:8:13  limits  expected an object got an empty array  correct limits in config.json, or remove it',
    ])
  })

  it.each(['auto', 'demo', 'openai:gpt-5', 'openai-compatible:qwen3:8b', 'google:models/gemini'])(
    'take the model %s',
    async (model) => {
      expect(await problemsOf({ 'config.json': { ai: { model } } })).toEqual([])
    },
  )

  it('take models of servers that are configured, and several of them', async () => {
    const ai = {
      model: ['mistral:x', 'demo'],
      choices: ['openai:y'],
      providers: { mistral: { base_url: 'https://m.example/v1', api_key: '${MISTRAL_KEY}' } },
    }
    const loaded = await load({ 'config.json': { ai } }, { MISTRAL_KEY: 'secret-123' })
    expect(loaded).toMatchObject({ isUsable: true, settings: { ai: { model: ['mistral:x', 'demo'] } } })
    expect(loaded.settings.ai.providers['mistral']).toMatchObject({ apiKey: 'secret-123', headers: {} })
    expect(loaded.secrets).toContain('secret-123')
  })

  it.each(['', 'gpt', 'mistral:x', 'openai:', 'openai: x'])('refuse the model %j', async (model) => {
    expect((await load({ 'config.json': { ai: { model } } })).isUsable).toBe(false)
  })

  it.each(['localhost', '0.0.0.0', '::1', '[::1]', 'a-b.example.com'])('take the host %s', async (host) => {
    expect(await problemsOf({ 'config.json': { http: { host } } })).toEqual([])
  })

  it.each(['', 'a b', 'http://a', '-a', 'a:80'])('refuse the host %j', async (host) => {
    expect((await load({ 'config.json': { http: { host } } })).isUsable).toBe(false)
  })
})

describe('unusable files', () => {
  it.each([
    ['an empty file', '', 'an empty file'],
    ['an array', '[]', 'expected an object got an empty array'],
    ['broken JSON', '{ "a": }', 'expected a value'],
    ['a comment', '{} // why', 'no comments'],
    ['a duplicate key', '{ "log": {}, "log": {} }', 'each key once'],
    ['__proto__', '{ "plugins": { "x": { "__proto__": {} } } }', 'an ordinary key'],
    ['UTF-16', Buffer.from('\uFEFF{}', 'utf16le'), 'UTF-16 text'],
    ['plugins that are no object', '{ "plugins": [] }', 'an object of plugin blocks'],
  ])('config.json with %s cannot be used', async (_, content, words) => {
    const loaded = await load({ 'config.json': content })
    expect(loaded.isUsable).toBe(false)
    expect(linesOf(loaded)).toHaveLength(1)
    expect(linesOf(loaded)[0]).toMatch(/^config\.json:1:\d+ {2}/)
    expect(linesOf(loaded)[0]).toContain(words)
  })

  it.each([
    ['broken JSON', '{', 'a closing }'],
    ['switches that are no object', '{ "enabled_plugins": ["dice"] }', 'an object of plugin names'],
    [
      'a switch that is neither true nor false',
      '{ "enabled_plugins": { "dice": "yes" } }',
      'expected true or false got the string "yes"',
    ],
  ])('plugins_config.json with %s cannot be used', async (_, content, words) => {
    const loaded = await load({ 'plugins_config.json': content })
    expect(loaded.isUsable).toBe(false)
    expect(linesOf(loaded)[0]).toMatch(/^plugins_config\.json:1:\d+ {2}/)
    expect(linesOf(loaded)[0]).toContain(words)
  })

  it('are a folder in place of a file', async () => {
    await using home = await createTestHome()
    await mkdir(home.file('config.json'))
    const loaded = await loadConfiguration({ home: home.home, environment: {} })
    expect(loaded.isUsable).toBe(false)
    expect(linesOf(loaded)).toEqual([
      'config.json:1:1  (whole file)  expected a text file got a folder  remove the folder or rename it',
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

describe('plugins_config.json', () => {
  it('keeps its order and warns of keys it does not know', async () => {
    const loaded = await load({
      'plugins_config.json': '{"enabled_plugins":{"b":true,"10":false,"a":true},"enabled":{}}',
    })
    expect([...loaded.plugins.switches]).toEqual([
      ['b', true],
      ['10', false],
      ['a', true],
    ])
    expect(loaded.isUsable).toBe(true)
    expect(linesOf(loaded)).toEqual([
      'plugins_config.json:1:51  enabled  expected only the keys "enabled_plugins" and "grants" got another one; it is ignored  remove it',
    ])
    expect(loaded.locateSwitch('a')).toMatchObject({ line: 1, column: 41 })
  })
})

describe('environment', () => {
  it('wins over .env, which wins over config.json', async () => {
    const files = {
      'config.json': { http: { port: 1, host: 'localhost' }, log: { level: 'warn' } },
      '.env': 'PORT=2\nLOG_LEVEL=debug\n',
    }
    const loaded = await load(files, { PORT: '3' })
    expect(loaded.settings.http).toMatchObject({ port: 3, host: 'localhost' })
    expect(loaded.settings.log.level).toBe('debug')
    expect(loaded.environment).toEqual({ PORT: '3', LOG_LEVEL: 'debug' })
  })

  it('sets every documented key', async () => {
    const loaded = await load(
      {},
      {
        TELEGRAM_BOT_TOKEN: TOKEN,
        TELEGRAM_API_ROOT: 'http://127.0.0.1:8081/',
        TELEGRAM_WEBHOOK_URL: 'https://example.com/bot/telegram/webhook',
        TELEGRAM_WEBHOOK_SECRET: 'abc_DEF-123',
        HOST: '0.0.0.0',
        PORT: '0',
        LOG_LEVEL: 'DEBUG',
        PLUGGRAM_PASSWORD: 'correct horse',
        OPENAI_BASE_URL: 'http://localhost:11434/v1',
      },
    )
    expect(linesOf(loaded)).toEqual([])
    expect(loaded.settings).toMatchObject({
      telegram: {
        botToken: TOKEN,
        apiRoot: 'http://127.0.0.1:8081',
        webhook: { url: 'https://example.com/bot/telegram/webhook', secret: 'abc_DEF-123' },
      },
      http: { host: '0.0.0.0', port: 0, password: 'correct horse' },
      log: { level: 'debug' },
      ai: { baseUrl: 'http://localhost:11434/v1' },
    })
    expect(loaded.secrets).toEqual(expect.arrayContaining([TOKEN, 'abc_DEF-123', 'correct horse']))
  })

  it('counts an empty variable as unset, on either side', async () => {
    const loaded = await load(
      { 'config.json': { http: { port: 5 } }, '.env': 'LOG_LEVEL=debug\nPORT=\n' },
      { LOG_LEVEL: '', PORT: '', HOST: undefined },
    )
    expect(loaded.settings.http.port).toBe(5)
    expect(loaded.settings.log.level).toBe('debug')
    expect(loaded.environment).toEqual({ LOG_LEVEL: 'debug' })
  })

  it.each([
    ['PORT', 'abc', 'a whole number from 0 to 65535 got a string (not shown)'],
    ['PORT', '70000', 'a whole number from 0 to 65535 got a number (not shown)'],
    ['PORT', '-1', 'a whole number'],
    ['LOG_LEVEL', 'loud', 'one of trace, debug, info, warn, error, fatal'],
    ['HOST', 'not a host', 'a host name or IP address'],
    ['TELEGRAM_API_ROOT', 'localhost:8081', 'an http:// or https:// address'],
    ['TELEGRAM_BOT_TOKEN', 'not-a-token', 'a token as @BotFather gives it'],
    ['TELEGRAM_BOT_TOKEN', `${TOKEN} and more`, 'a token as @BotFather gives it'],
    ['TELEGRAM_WEBHOOK_URL', 'http://example.com/telegram/webhook', 'an https:// address'],
    ['TELEGRAM_WEBHOOK_URL', 'https://example.com/webhook', 'ends in /telegram/webhook'],
    ['TELEGRAM_WEBHOOK_URL', 'https://example.com/telegram/webhook', 'a webhook secret'],
    ['TELEGRAM_WEBHOOK_SECRET', 'no blanks allowed', '1 to 256 characters'],
    ['PLUGGRAM_PASSWORD', 'short', 'text of at least 8 characters'],
    ['OPENAI_BASE_URL', 'ftp://x', 'an http:// or https:// address'],
  ])('reports %s=%s without its value', async (name, value, words) => {
    const loaded = await load({}, { [name]: value })
    expect(loaded.isUsable).toBe(false)
    const [line] = linesOf(loaded)
    expect(line).toMatch(new RegExp(`^environment {2}${name} {2}expected `))
    expect(line).toContain(words)
    expect(line?.replace('https:// address', '').split(/[ "]/)).not.toContain(value)
  })

  it('names the line of a variable that comes from .env', async () => {
    const loaded = await load({ '.env': '# web\nPORT=abc\n' })
    expect(linesOf(loaded)).toEqual([
      '.env:2:1  PORT  expected a whole number from 0 to 65535 got a string (not shown)  correct PORT in .env, or remove it',
    ])
    expect(loaded.locate(['http', 'port'])).toMatchObject({ line: 2, via: '.env' })
  })

  it.each(['http://127.0.0.1:8080', 'http://localhost', 'http://[::1]:1'])(
    'takes a webhook at %s',
    async (origin) => {
      const environment = { TELEGRAM_WEBHOOK_URL: `${origin}/telegram/webhook`, TELEGRAM_WEBHOOK_SECRET: 'x' }
      expect(await problemsOf({}, environment)).toEqual([])
    },
  )

  it('only warns of a token of an odd shape for another Bot API server', async () => {
    const loaded = await load({}, { TELEGRAM_BOT_TOKEN: '1:test', TELEGRAM_API_ROOT: 'http://127.0.0.1:1' })
    expect(loaded).toMatchObject({ isUsable: true, settings: { telegram: { botToken: '1:test' } } })
    expect(loaded.problems).toMatchObject([{ severity: 'warning', path: 'TELEGRAM_BOT_TOKEN' }])
  })

  it('does not hide a mistake in config.json that it overrides', async () => {
    expect(await problemsOf({ 'config.json': { http: { port: 'x' } } }, { PORT: '1' })).toHaveLength(1)
  })
})

describe('${NAME} in config.json', () => {
  it('is replaced from .env and the process, and becomes a number where one belongs', async () => {
    const loaded = await load(
      {
        'config.json': { http: { port: '${WEB_PORT}' }, assistant: { name: '${WHO} the ${WHAT}' } },
        '.env': 'WHO=Ada\nWEB_PORT=81\n',
      },
      { WHAT: 'first' },
    )
    expect(linesOf(loaded)).toEqual([])
    expect(loaded.settings).toMatchObject({ http: { port: 81 }, assistant: { name: 'Ada the first' } })
    expect(loaded.isFromEnvironment(['http', 'port'])).toBe(true)
  })

  it('stops the start when NAME is not set, with the position and both ways to set it', async () => {
    const loaded = await load({ 'config.json': '{\n  "telegram": { "bot_token": "${MY_TOKEN}" }\n}' })
    expect(loaded.isUsable).toBe(false)
    expect(loaded.secrets).toEqual([])
    expect(linesOf(loaded)).toEqual([
      'config.json:2:30  telegram.bot_token  expected the variable MY_TOKEN got none of that name  add MY_TOKEN=… to .env, or set MY_TOKEN in the environment of the process',
    ])
  })

  it('leaves out only the plugin in whose block it fails', async () => {
    const loaded = await load(
      { 'config.json': { plugins: { a: { key: '${NOPE}' }, b: { key: '${YES}' } } } },
      { YES: 'abcdef' },
    )
    expect(loaded.isUsable).toBe(true)
    expect(loaded.problems).toMatchObject([{ severity: 'error', plugin: 'a', path: 'plugins.a.key' }])
    expect(loaded.pluginBlock('b')).toEqual({ key: 'abcdef' })
    expect(loaded.secrets).toEqual(['abcdef'])
  })

  it('never shows the value of a variable that does not fit', async () => {
    const [line] = await problemsOf({ 'config.json': { log: { level: '${LEVEL}' } } }, { LEVEL: 'louder' })
    expect(line).toContain('got a string (not shown)')
    expect(line).not.toContain('louder')
  })
})

describe('plugin blocks', () => {
  it('keep their keys as written', async () => {
    const block = { snake_key: 1, camelKey: [true, { deep: null }], enabled: true }
    const loaded = await load({
      'config.json': { plugins: { dice: block } },
      'plugins_config.json': { enabled_plugins: { dice: true } },
    })
    expect(linesOf(loaded)).toEqual([])
    expect(loaded.plugins.blocks['dice']).toEqual(block)
    expect(loaded.pluginBlock('dice')).toEqual(block)
    expect(loaded.pluginBlock('unknown')).toEqual({})
    expect(loaded.pluginBlock('toString')).toEqual({})
  })

  it('are copied for each reader', async () => {
    const loaded = await load({ 'config.json': { plugins: { dice: { list: [1] } } } })
    const first = loaded.pluginBlock('dice')
    ;(first['list'] as number[]).push(2)
    expect(loaded.pluginBlock('dice')).toEqual({ list: [1] })
  })

  it('of a wrong type or name concern that plugin only', async () => {
    const loaded = await load({ 'config.json': '{ "plugins": {\n "a": 5,\n "My-Plugin": {},\n "b": {} } }' })
    expect(loaded.isUsable).toBe(true)
    expect(Object.keys(loaded.plugins.blocks)).toEqual(['b'])
    expect(loaded.problems).toMatchObject([
      { severity: 'error', plugin: 'a', line: 2, column: 7 },
      { severity: 'error', plugin: 'My-Plugin', line: 3, column: 2 },
    ])
  })

  it.each([
    [true, {}, 'does not name it, so it is off'],
    [true, { dice: false }, 'switches it off'],
    [false, { dice: true }, 'switches it on'],
  ])('with "enabled": %s beside the switches %j say which file decides', async (enabled, switches, words) => {
    const loaded = await load({
      'config.json': { plugins: { dice: { enabled } } },
      'plugins_config.json': { enabled_plugins: switches },
    })
    expect(loaded.problems).toMatchObject([{ severity: 'warning', path: 'plugins.dice.enabled' }])
    expect(linesOf(loaded)[0]).toContain(`plugins_config.json decides, and ${words}`)
  })

  it.each([
    ['dice', true, { dice: true }],
    ['dice', false, {}],
    ['ai_chatbot', true, {}],
    ['dice', 'yes', {}],
  ])('of %s with "enabled": %s beside %j need no warning', async (name, enabled, switches) => {
    const files = {
      'config.json': { plugins: { [name]: { enabled } } },
      'plugins_config.json': { enabled_plugins: switches },
    }
    expect(await problemsOf(files)).toEqual([])
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
    const { readFile } = await import('node:fs/promises')
    const read = async (name: string): Promise<string> => readFile(path.join(root, name), 'utf8')
    const loaded = await load({
      'config.json': await read('config.example.json'),
      'plugins_config.json': await read('plugins_config.json'),
      '.env': await read('.env.example'),
    })
    expect(linesOf(loaded)).toEqual([])
    expect([...loaded.plugins.switches]).toEqual([
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

describe('a file named in config.json', () => {
  it('stands there with its text; one that is missing leaves out its plugin', async () => {
    const loaded = await load({
      'config.json': JSON.stringify({
        plugins: { api: { document: '${file:apis/pets.yaml}' }, other: { document: '${file:gone.yaml}' } },
      }),
      'apis/pets.yaml': 'openapi: 3.1.0\n',
    })
    expect(loaded.pluginBlock('api')).toMatchObject({ document: 'openapi: 3.1.0\n' })
    expect(linesOf(loaded).join()).toContain('plugins.other.document')
    expect(linesOf(loaded).join()).toContain('${file:gone.yaml}')
    expect(loaded.secrets).toEqual([])
  })
})
