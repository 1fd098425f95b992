import { describe, expect, it } from 'vitest'
import { linesOf, load, problemsOf } from './test-configuration.ts'

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
      'config.json:2:26: assistant.name: expected a name of 1 to 64 characters, but got an empty string. Correct assistant.name in config.json, or remove it.',
      'config.json:3:3: model: unknown key "model". Did you mean "ai.model"? Rename or remove it.',
      'config.json:4:20: ai.model: expected "auto", "provider:model" with openai, anthropic, google, openai-compatible, llama-cpp, demo, or a name of ai.providers, or an array of at most 10 of them, but got the string "gpt-4o". Did you mean "openai:gpt-4o"?',
      'config.json:4:30: ai.baseUrl: unknown key "baseUrl". Did you mean "base_url"? Rename or remove it.',
      'config.json:5:21: http.port: expected a whole number from 0 to 65535, but got the string "8080". Write the number without quotes.',
      'config.json:5:61: http.allowed_hosts[1]: expected a host name without scheme and port, but got the string "http://x". Correct http.allowed_hosts[1] in config.json, or remove it.',
      'config.json:6:28: telegram.webhook: expected an object, but got the number 5. Correct telegram.webhook in config.json, or remove it.',
      'config.json:6:44: telegram.streaming: expected "auto", "private" or "off", but got the string "yes". Correct telegram.streaming in config.json, or remove it.',
      'config.json:7:21: log.level: expected one of trace, debug, info, warn, error, fatal, but got null. Correct log.level in config.json, or remove it.',
      'config.json:8:13: limits: expected an object, but got an empty array. Correct limits in config.json, or remove it.',
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

  it.each([
    ['gpt-4o', 'openai:gpt-4o'],
    ['openai/gpt-5', 'openai:gpt-5'],
    ['claude-sonnet-5', 'anthropic:claude-sonnet-5'],
    ['gemini-3-pro', 'google:gemini-3-pro'],
  ])('say what the model %s is called here', async (model, name) => {
    const [problem] = await problemsOf({ 'config.json': { ai: { model } } })
    expect(problem).toContain(`Did you mean "${name}"?`)
  })

  it('say how IDs are written', async () => {
    const problems = await problemsOf({
      'config.json': { access: { owners: ['@ada', '300300302'] }, plugins: { dice: true } },
    })
    expect(problems).toEqual([
      expect.stringMatching(/access\.owners\[0\]: .*not a @name/),
      expect.stringMatching(/access\.owners\[1\]: .*Write the number without quotes\.$/),
      expect.stringMatching(/plugins\.dice: .*Write "dice": \{ "enabled": true \}\.$/),
    ])
  })

  it.each(['localhost', '0.0.0.0', '::1', '[::1]', 'a-b.example.com'])('take the host %s', async (host) => {
    expect(await problemsOf({ 'config.json': { http: { host } } })).toEqual([])
  })

  it.each(['', 'a b', 'http://a', '-a', 'a:80'])('refuse the host %j', async (host) => {
    expect((await load({ 'config.json': { http: { host } } })).isUsable).toBe(false)
  })
})
