import { describe, expect, test } from 'vitest'
import { linesOf, load } from './test-configuration.ts'

describe('NAME_FILE', () => {
  test.each([
    ['a line break at the end', 'tok-1234567\n', 'tok-1234567'],
    ['line breaks of Windows', 'tok-1234567\r\n\r\n', 'tok-1234567'],
    ['a byte order mark', '\ufefftok-1234567', 'tok-1234567'],
    ['blanks around it', '  tok-1234567 \n', 'tok-1234567'],
    [
      'several lines, which belong together',
      '-----BEGIN KEY-----\n abc\n-----END KEY-----\n',
      '-----BEGIN KEY-----\n abc\n-----END KEY-----',
    ],
  ])('gives the content of a file with %s', async (_, content, value) => {
    const loaded = await load({ 'secret.txt': content }, { NEWS_API_KEY_FILE: 'secret.txt' })
    expect(loaded.environment['NEWS_API_KEY']).toBe(value)
    expect(loaded.locateVariable('NEWS_API_KEY')?.via).toMatch(/^the file .*secret\.txt$/)
    expect(loaded.secrets).toContain(value)
    expect(loaded.readFiles).toEqual([expect.stringMatching(/secret\.txt$/)])
  })

  test('fills ${NAME} in config.json, and addresses with passwords', async () => {
    const loaded = await load({
      'config.json': '{ "databases": { "main": { "url": "${SHOP_DATABASE_URL}" } } }',
      '.env': 'SHOP_DATABASE_URL_FILE=db.txt\n',
      'db.txt': 'postgres://bot:pa55-of-the-shop@db.example/main\n',
    })
    expect(loaded.settings.databases['main']?.url).toContain('pa55-of-the-shop')
    expect(loaded.secrets).toContain('pa55-of-the-shop')
  })

  test.each([
    [
      'missing.txt',
      /MCP_TOKEN_FILE: expected a file with the value of MCP_TOKEN, but got .*missing\.txt, which does not exist/,
    ],
    ['empty.txt', /which is empty/],
    ['folder', /but got a folder/],
  ])('that names %s stops the start', async (file, words) => {
    const loaded = await load({ 'empty.txt': '\n', 'folder/x': '' }, { MCP_TOKEN_FILE: file })
    expect(loaded.isUsable).toBe(false)
    expect(linesOf(loaded)).toEqual([expect.stringMatching(words)])
  })

  test('of other programs is left alone', async () => {
    const foreign = {
      SSL_CERT_FILE: '/etc/x',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere',
      XAUTHORITY_FILE: '/nowhere',
    }
    expect(linesOf(await load({}, foreign))).toEqual([])
  })
})

test('the environment comes before .env, a value before its file, and a difference is told', async () => {
  const loaded = await load(
    { '.env': 'NEWS_API_KEY=from-the-env-file\n', 'a.txt': 'from-a-file' },
    { NEWS_API_KEY_FILE: 'a.txt', PORT: '1', OTHER_API_KEY: 'the-same-twice' },
  )
  expect(loaded.environment['NEWS_API_KEY']).toBe('from-a-file')
  expect(linesOf(loaded)).toEqual([
    expect.stringMatching(
      /NEWS_API_KEY: two values are set: the one in the file .* counts, and the one in \.env \(line 1\) does not/,
    ),
  ])
  expect(
    linesOf(await load({ '.env': 'A_KEY=the-same-twice\nPORT=1\n' }, { A_KEY: 'the-same-twice', PORT: '2' })),
  ).toEqual([])
})
