import { describe, expect, it } from 'vitest'
import { API_KEYS, BOT_TOKENS, looksSecret, resemblesSecret } from './secret-shapes.ts'

describe('looksSecret', () => {
  it.each([
    'token',
    'bot_token',
    'botToken',
    'api_key',
    'apiKey',
    'apikey',
    'API_KEY',
    'MY_PLUGIN_API_KEY',
    'secret',
    'client_secret',
    'password',
    'db_password_1',
    'DB_PWD',
    'passphrase',
    'credentials',
    'private_key',
    'sentry_dsn',
    'SENTRY_DSN',
    'authorization',
    'Authorization',
    'access-key',
    'tokens',
    'encryption_key',
    'secret_value',
    'token2',
    'key',
  ])('%s does', (key) => {
    expect(looksSecret(key)).toBe(true)
  })

  it.each([
    'first_token_seconds',
    'between_tokens_seconds',
    'max_tokens',
    'name',
    'url',
    'model',
    'keyboard',
    'monkey',
    'public_key',
    'PWD',
    'OLDPWD',
    'SSH_AUTH_SOCK',
    'tokenizer',
    'secretary',
    'pinned',
    'author',
    '',
  ])('%s does not', (key) => {
    expect(looksSecret(key)).toBe(false)
  })

  it('is quick on a hostile key', () => {
    const before = process.cpuUsage()
    looksSecret(`${'1'.repeat(1_000_000)}x`)
    expect(process.cpuUsage(before).user).toBeLessThan(500_000)
  })
})

describe('resemblesSecret', () => {
  it.each([
    '123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'sk-proj-abcdefghijklmnop',
    'https://user:pw@host/',
    'ghp_abcdefghijklmnop1234',
    'a1'.repeat(15),
  ])('%s does', (value) => {
    expect(resemblesSecret(value)).toBe(true)
  })

  it.each(['gpt-4o', 'https://example.com/a', 'a sentence of several words, which is no key', 'loud', ''])(
    '%s does not',
    (value) => {
      expect(resemblesSecret(value)).toBe(false)
    },
  )
})

describe('shapes in a text', () => {
  const hide = (text: string): string => text.replace(BOT_TOKENS, '[token]').replace(API_KEYS, '[key]')

  it('finds bot tokens and keys, each time anew', () => {
    const text = `https://api.telegram.org/bot123456789:${'A'.repeat(35)}/getMe with sk-${'a1'.repeat(12)}.`
    expect(hide(text)).toBe('https://api.telegram.org/bot[token]/getMe with [key].')
    expect(hide(text)).toBe('https://api.telegram.org/bot[token]/getMe with [key].')
  })

  it('leaves times, ordinary words and short numbers', () => {
    const text = 'At 12345:30 the risk-averse sk-8 skates on.'
    expect(hide(text)).toBe(text)
  })

  it('is quick on a long row of digits', () => {
    const before = process.cpuUsage()
    hide('1'.repeat(1_000_000))
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000)
  })
})
