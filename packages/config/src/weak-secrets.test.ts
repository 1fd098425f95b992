import { expect, test } from 'vitest'
import { linesOf, load } from './test-configuration.ts'
import { weaknessOf } from './weak-secrets.ts'

test.each([
  'your-token-here',
  'YOUR_BOT_TOKEN',
  'your_api_key',
  'paste-your-key-here',
  'changeme',
  'CHANGE_ME!',
  'change-this',
  'replace-me',
  '<token>',
  '<your api key>',
  '[secret]',
  '${OPENAI_API_KEY}',
  '{{ token }}',
  '%TOKEN%',
  'sk-...',
  'sk-proj-…',
  'sk-xxxxxxxxxxxxxxxx',
  'xxxxxxxx',
  '********',
  'TODO',
  'secret',
  'api_key',
  'AKIAIOSFODNN7EXAMPLE',
  '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11',
  '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw',
  '   ',
  '"sk-a-real-key-in-quotes"',
  "'sk-a-real-key-in-quotes'",
  '“sk-a-real-key-in-quotes”',
  '\ufeffsk-a-real-key',
  '\u200bsk-a-real-key',
  'MY_API_KEY=sk-a-real-key',
  'Bearer sk-a-real-key',
  'sk-a-real\u200b-key',
  'sk-a-real-k\u0435y',
])('%j is no secret', (value) => {
  expect(weaknessOf('MY_API_KEY', value)).toBeDefined()
})

test.each(['password123', 'Qwertyuiop', 'aaaaaaaa', 'abcabcabc', 'correcthorsebatterystaple'])(
  '%s is no password, but it may be a key of somewhere',
  (value) => {
    expect(weaknessOf('PLUGGRAM_PASSWORD', value)).toBeDefined()
    expect(weaknessOf('MY_API_KEY', value)).toBeUndefined()
  },
)

test.each([
  'sk-proj-Ab3dEfGh1jKlMnOp',
  'none',
  'ollama',
  'k',
  'hunter2pass',
  'yourself-and-2-more-words',
  'a key with blanks',
  '{"type":"service_account"',
  'x0x0x0x0-not-an-example',
])('%j may be a secret', (value) => {
  expect(weaknessOf('MY_API_KEY', value)).toBeUndefined()
})

test('what the assistant uses stops the start, in words that name the place', async () => {
  const loaded = await load(
    { '.env': 'OPENAI_API_KEY=sk-...\n' },
    { MCP_TOKEN: '"a-token-of-sixteen-and-more"' },
  )
  expect(loaded.isUsable).toBe(false)
  expect(linesOf(loaded)).toEqual([
    '.env:1:1: OPENAI_API_KEY: expected a secret of your own, but got an example from instructions. Put the real one there, or run "pluggram secrets set OPENAI_API_KEY".',
    'environment: MCP_TOKEN: expected a secret of your own, but got a text in quotes, which count as part of the value here. Put the real one there, or run "pluggram secrets set MCP_TOKEN".',
  ])
})

test('what a plugin uses leaves out that plugin, and what the shell has for others says nothing', async () => {
  const loaded = await load(
    { 'config.json': '{ "plugins": { "news": { "api_key": "changeme" } } }' },
    { SOME_PROGRAMS_TOKEN: 'changeme' },
  )
  expect(loaded.isUsable).toBe(true)
  expect(loaded.problems).toMatchObject([{ plugin: 'news', path: 'plugins.news.api_key', severity: 'error' }])
})
