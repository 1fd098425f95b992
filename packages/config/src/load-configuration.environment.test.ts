import { describe, expect, it } from 'vitest'
import { linesOf, load, problemsOf } from './test-configuration.ts'

const TOKEN = '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw'

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
    ['PORT', 'abc', 'a whole number from 0 to 65535, but got a string (not shown)'],
    ['PORT', '70000', 'a whole number from 0 to 65535, but got a number (not shown)'],
    ['PORT', '-1', 'a whole number'],
    ['LOG_LEVEL', 'loud', 'one of trace, debug, info, warn, error, fatal'],
    ['HOST', 'not a host', 'a host name or IP address'],
    ['TELEGRAM_API_ROOT', 'localhost:8081', 'an http:// or https:// address'],
    ['TELEGRAM_BOT_TOKEN', 'not-a-token', 'a token as @BotFather gives it'],
    ['TELEGRAM_BOT_TOKEN', `${TOKEN} and more`, 'a token as @BotFather gives it'],
    ['TELEGRAM_WEBHOOK_URL', 'http://example.com/telegram/webhook', 'an https:// address'],
    ['TELEGRAM_WEBHOOK_URL', 'https://example.com/webhook', 'ends in /telegram/webhook'],
    ['TELEGRAM_WEBHOOK_URL', 'https://example.com/telegram/webhook', 'a webhook secret'],
    ['TELEGRAM_WEBHOOK_SECRET', 'no blanks allowed', '8 to 256 characters'],
    ['PLUGGRAM_PASSWORD', 'short', 'text of at least 8 characters'],
    ['OPENAI_BASE_URL', 'ftp://x', 'an http:// or https:// address'],
  ])('reports %s=%s without its value', async (name, value, words) => {
    const loaded = await load({}, { [name]: value })
    expect(loaded.isUsable).toBe(false)
    const [line] = linesOf(loaded)
    expect(line).toMatch(new RegExp(`^environment: ${name}: expected `))
    expect(line).toContain(words)
    expect(line?.replace('https:// address', '').split(/[ "]/)).not.toContain(value)
  })

  it('names the line of a variable that comes from .env', async () => {
    const loaded = await load({ '.env': '# web\nPORT=abc\n' })
    expect(linesOf(loaded)).toEqual([
      '.env:2:1: PORT: expected a whole number from 0 to 65535, but got a string (not shown). Correct PORT in .env, or remove it.',
    ])
    expect(loaded.locate(['http', 'port'])).toMatchObject({ line: 2, via: '.env' })
  })

  it.each(['http://127.0.0.1:8080', 'http://localhost', 'http://[::1]:1'])(
    'takes a webhook at %s',
    async (origin) => {
      const environment = {
        TELEGRAM_WEBHOOK_URL: `${origin}/telegram/webhook`,
        TELEGRAM_WEBHOOK_SECRET: 'xylophone-7',
      }
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
      'config.json:2:30: telegram.bot_token: expected the variable MY_TOKEN, but got none of that name. Add MY_TOKEN=… to .env, or set MY_TOKEN in the environment of the process.',
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
