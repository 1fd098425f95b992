import { expect, test } from 'vitest'
import { formatProblem } from './config-problem.ts'
import { applyPluginEnvironment } from './plugin-environment.ts'
import { load } from './test-configuration.ts'

async function warnings(
  env: string,
  environment: Record<string, string> = {},
  config: object = {},
): Promise<string[]> {
  const loaded = await load({ '.env': env, 'config.json': config }, environment)
  return applyPluginEnvironment(loaded, ['dice', 'bot']).problems.map((problem) =>
    formatProblem(problem, loaded),
  )
}

test.each([
  ['TELEGRAM_BOTTOKEN', 'TELEGRAM_BOT_TOKEN'],
  ['TELEGRAM_TOKEN', 'TELEGRAM_BOT_TOKEN'],
  ['TG_TOKEN', 'TELEGRAM_BOT_TOKEN'],
  ['OPENAI_APIKEY', 'OPENAI_API_KEY'],
  ['OPEN_AI_API_KEY', 'OPENAI_API_KEY'],
  ['OPENAI_API_BASE', 'OPENAI_BASE_URL'],
  ['ANTROPIC_API_KEY', 'ANTHROPIC_API_KEY'],
  ['GEMINI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
  ['OPENAI_TOKEN', 'OPENAI_API_KEY'],
  ['POSTGRES_URL', 'DATABASE_URL'],
  ['SOCKS_PROXY', 'ALL_PROXY'],
  ['PLUGGRAM_PASWORD', 'PLUGGRAM_PASSWORD'],
  ['LOGLEVEL', 'LOG_LEVEL'],
])('%s in .env is told to mean %s, without its value', async (name, meant) => {
  expect(await warnings(`A=1\n${name}=hunter2hunter2`)).toEqual([
    `.env:2:1: ${name}: this variable sets nothing. Did you mean ${meant}?`,
  ])
})

test('what is used, what is set as well, and what belongs to other programs needs no warning', async () => {
  expect(await warnings('DICE_MAX_DICE=3\nMY_OWN=1\nHTTP_PROXY=http://p.example')).toEqual([])
  expect(await warnings('BOT_TOKEN=x')).toEqual([])
  expect(await warnings('OPENAI_KEY=a\nOPENAI_API_KEY=b')).toEqual([])
  expect(await warnings('GOOGLE_API_KEY=a', {}, { plugins: { dice: { key: '${GOOGLE_API_KEY}' } } })).toEqual(
    [],
  )
  expect(await warnings('', { GOOGLE_API_KEY: 'a', HOSTS: 'b', OPENAI_KEY: 'c' })).toEqual([])
  expect(await warnings('', { TELEGRAM_BOTTOKEN: 'a' })).toEqual([
    'environment: TELEGRAM_BOTTOKEN: this variable sets nothing. Did you mean TELEGRAM_BOT_TOKEN?',
  ])
})
