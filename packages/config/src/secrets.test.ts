import { describe, expect, it } from 'vitest'
import { collectSecrets, looksSecret, redactSecrets, resemblesSecret, sortSecrets } from './secrets.ts'

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

describe('redaction', () => {
  it('collects values at secret keys and passwords in addresses, not short ones', () => {
    const secrets = new Set<string>()
    collectSecrets(
      {
        token: 'abcdef',
        pin: '1234',
        list: [{ password: 'p4ssword' }],
        url: 'postgres://u:s%40cret1@h/d',
        name: 'harmless',
      },
      [],
      secrets,
    )
    expect([...secrets].toSorted()).toEqual(['abcdef', 'p4ssword', 's%40cret1', 's@cret1'])
  })

  it('replaces a secret that contains another one whole', () => {
    expect(redactSecrets('abcdefgh abcdef', sortSecrets(['abcdef', 'abcdefgh']))).toBe(
      '[redacted] [redacted]',
    )
  })
})
