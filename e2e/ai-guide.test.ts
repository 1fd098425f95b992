import { readFile } from 'node:fs/promises'
import { LLMock } from '@copilotkit/aimock'
import { loadConfiguration } from '@pluggram/config'
import { afterEach, expect, test } from 'vitest'
import { readinessNotice } from '../apps/console/src/state/readiness.ts'
import { logIn, startAssistant } from './support/assistant.ts'
import { ask, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

const mocks: LLMock[] = []

afterEach(async () => {
  await stopAllPrograms()
  for (const mock of mocks.splice(0)) await mock.stop()
  await removeHomes()
})

async function startModel(): Promise<LLMock> {
  const mock = new LLMock({ port: 0, chunkSize: 6 })
  mock.onMessage('Are you there?', { content: 'Yes, **here** I am.' })
  await mock.start()
  mocks.push(mock)
  return mock
}

/** The JSON blocks of the guide, each with its content. */
async function readGuide(): Promise<{ ai?: Record<string, unknown>; models?: unknown }[]> {
  const guide = await readFile(new URL('../docs/guides/ai.md', import.meta.url), 'utf8')
  return [...guide.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => JSON.parse(match[1] ?? '') as object)
}

test('every configuration in the guide is accepted', async () => {
  const blocks = (await readGuide()).filter(({ ai }) => ai !== undefined)
  expect(blocks.length).toBeGreaterThan(6)
  for (const block of blocks) {
    const home = await createHome({ 'config.json': block })
    const { problems } = await loadConfiguration({ home, environment: { OPENROUTER_API_KEY: 'k' } })
    expect(problems).toEqual([])
  }
})

test.each([
  ['OpenAI', 'OPENAI_API_KEY', 'openai', 'v1', '/v1/responses'],
  ['Anthropic', 'ANTHROPIC_API_KEY', 'anthropic', 'v1', '/v1/messages'],
  ['Google', 'GOOGLE_GENERATIVE_AI_API_KEY', 'google', 'v1beta', '/v1beta/models/'],
])(
  '%s answers with nothing but its key, through its own API',
  async (_name, key, provider, version, path) => {
    const model = await startModel()
    const home = await createHome({
      '.env': `${key}=key-of-the-guide-123\n`,
      // the vendor's address is the only thing that a test has to change
      'config.json': {
        ai: {
          model: provider === 'openai' ? 'openai:gpt-6-luna' : `${provider}:m`,
          providers: { [provider]: { base_url: `${model.url}/${version}` } },
        },
      },
    })
    const assistant = await startAssistant(home)
    const session = await logIn(assistant)
    expect(await ask(session, await createPerson(session), 'Are you there?')).toEqual(['Yes, here I am.'])
    expect(model.getLastRequest()?.path).toContain(path)
    expect(assistant.output()).not.toContain('key-of-the-guide-123')
  },
)

test('Ollama answers as the guide writes it', async () => {
  const model = await startModel()
  const block = (await readGuide()).find(({ ai }) => ai?.['model'] === 'ollama:llama3.2')
  const config = JSON.parse(JSON.stringify(block).replace('http://127.0.0.1:11434', model.url)) as object
  const assistant = await startAssistant(await createHome({ 'config.json': config }))
  const session = await logIn(assistant)
  expect(await ask(session, await createPerson(session), 'Are you there?')).toEqual(['Yes, here I am.'])
  expect(model.getLastRequest()).toMatchObject({ path: '/v1/chat/completions', body: { model: 'llama3.2' } })
})

test('a bad key is told to its owner, and to people in short words', async () => {
  const model = await startModel()
  model.onMessage('Are you awake?', { error: { message: 'Incorrect API key', type: 'auth' }, status: 401 })
  const { url, driver } = await startEmulator()
  const [ada, bob] = [await createPerson(driver, 'Ada'), await createPerson(driver, 'Bob')]
  const home = await createHome({
    'config.json': {
      access: { mode: 'everyone', owners: [ada.id] },
      ai: { model: 'one:m', providers: { one: { base_url: `${model.url}/v1`, api_key: 'sk-wrong-123' } } },
    },
  })
  const assistant = await startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url })
  expect(await ask(driver, bob, 'Are you awake?')).toEqual([
    '⚠️ The AI model is not set up correctly. The reason is in the log (owner only). Other commands work.',
  ])
  const [told] = await ask(driver, ada, 'Are you awake?')
  expect(told).toMatch(/^⚠️ One at \S+ refuses the key .*Correct ai\.providers\.one\.api_key/)
  expect((await ask(driver, ada, '/status')).join()).toContain('refuses the key')
  expect(await ask(driver, bob, '/status')).toEqual([
    "Pluggram does not work completely:\n🔴 The AI model isn't working right now.",
  ])
  const ready = (await (await fetch(`${assistant.url}/readyz`)).json()) as object
  expect(JSON.stringify(ready)).toContain('refuses the key')
  // what the playground shows above its chats
  expect(readinessNotice(ready)?.text).toMatch(/^The language model has a problem: .*refuses the key/)
  expect(`${JSON.stringify(ready)}${assistant.output()}`).not.toContain('sk-wrong-123')
})

test('a budget that is used up ends the answers', async () => {
  const model = await startModel()
  const home = await createHome({
    'config.json': {
      ai: {
        model: 'one:m',
        providers: { one: { base_url: `${model.url}/v1` } },
        budgets: { user: { month: { tokens: 5 } } },
      },
    },
  })
  const assistant = await startAssistant(home)
  const session = await logIn(assistant)
  const person = await createPerson(session)
  expect(await ask(session, person, 'Are you there?')).toEqual(['Yes, here I am.'])
  expect((await ask(session, person, 'Are you there?')).join()).not.toContain('here I am')
  expect(model.getRequests()).toHaveLength(1)
})

test('a compatible server answers with the two lines of the guide, as they stand in .env', async () => {
  const model = await startModel()
  const guide = await readFile(new URL('../docs/guides/ai.md', import.meta.url), 'utf8')
  const block = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = '']) => text)
  const lines = block.find((text) => text.includes('OPENAI_BASE_URL')) ?? ''
  expect(lines).toContain('# only if the server wants one')
  const assistant = await startAssistant(
    await createHome({
      '.env': lines
        .replace('https://models.example.com/v1', `${model.url}/v1`)
        .replace('OPENAI_API_KEY=…', 'OPENAI_API_KEY=key-of-the-guide-456'),
    }),
  )
  const session = await logIn(assistant)
  expect(await ask(session, await createPerson(session), 'Are you there?')).toEqual(['Yes, here I am.'])
  const request = model.getLastRequest()
  expect(request?.path).toBe('/v1/chat/completions')
  // the comment is not part of the key
  expect(JSON.stringify(request?.headers)).not.toContain('only if')
  expect(assistant.output()).not.toContain('key-of-the-guide-456')
})
