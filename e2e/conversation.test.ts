import { LLMock } from '@copilotkit/aimock'
import type { DriverEvent } from '@pluggram/bot-api-emulator'
import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import type { RunningAssistant, Session } from './support/assistant.ts'
import { ask, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

const KEY = 'sk-e2e-secret-key-123456'
const mocks: LLMock[] = []

afterEach(async () => {
  await stopAllPrograms()
  for (const mock of mocks.splice(0)) await mock.stop()
  await removeHomes()
})

async function startModel(): Promise<LLMock> {
  const mock = new LLMock({ port: 0, chunkSize: 6, latency: 80 })
  mock.onMessage('My name is Ada', { content: 'Nice to meet you, **Ada**! What can I do for you today?' })
  mock.onMessage('What is my name?', { content: 'You told me: your name is Ada.' })
  mock.onMessage('Write a list', {
    content: '# Plan\n\n1. First `step`\n2. Second step\n\n```js\nlet x = 1\n```',
  })
  await mock.start()
  mocks.push(mock)
  return mock
}

/** Collects the events that a page would receive until `stop`. */
async function watchEvents(assistant: RunningAssistant, session: Session) {
  const controller = new AbortController()
  const response = await fetch(`${assistant.url}/api/playground/events`, {
    headers: { cookie: session.cookie },
    signal: controller.signal,
  })
  const events: DriverEvent[] = []
  const reading = (async () => {
    let rest = ''
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.startsWith('data: ')) events.push(JSON.parse(line.slice(6)))
    }
  })().catch(() => {})
  return {
    events,
    async stop() {
      controller.abort()
      await reading
    },
  }
}

test('a conversation of several turns streams and remembers, through an OpenAI-compatible server', async () => {
  const model = await startModel()
  const home = await createHome({ '.env': `OPENAI_BASE_URL=${model.url}/v1\nOPENAI_API_KEY=${KEY}\n` })
  const assistant = await startAssistant(home)
  const session = await logIn(assistant)
  const ada = await createPerson(session)
  const watcher = await watchEvents(assistant, session)

  expect(await ask(session, ada, 'My name is Ada')).toEqual([
    'Nice to meet you, Ada! What can I do for you today?',
  ])
  expect(await ask(session, ada, 'What is my name?')).toEqual(['You told me: your name is Ada.'])
  expect(model.getLastRequest()?.body).toMatchObject({
    stream: true,
    messages: [
      { role: 'system' },
      { role: 'user', content: 'My name is Ada' },
      { role: 'assistant', content: 'Nice to meet you, **Ada**! What can I do for you today?' },
      { role: 'user', content: 'What is my name?' },
    ],
  })
  expect(await ask(session, ada, 'Write a list')).toEqual([
    'Plan\n\n1. First step\n2. Second step\n\nlet x = 1',
  ])
  expect(await ask(session, ada, '/new')).toHaveLength(1)
  await ask(session, ada, 'What is my name?')
  expect(JSON.stringify(model.getLastRequest()?.body)).not.toContain('My name is Ada')

  await watcher.stop()
  const drafts = watcher.events.flatMap((event) => (event.type === 'draft-updated' ? [event.draft.text] : []))
  expect(drafts.length).toBeGreaterThan(0)
  expect(drafts.every((text) => !text.includes('**'))).toBe(true)
  expect((await ask(session, ada, '/status')).join()).toContain('openai')
  expect(assistant.output()).not.toContain(KEY)
})

test('a model that cannot answer is apologised for in short words, the reason is in the log; a chat sees nothing of another', async () => {
  const model = await startModel()
  model.onMessage('overload', {
    error: { message: `too much for ${KEY}`, type: 'server_error' },
    status: 503,
  })
  const assistant = await startAssistant(await createHome(), {
    OPENAI_BASE_URL: `${model.url}/v1`,
    OPENAI_API_KEY: KEY,
  })
  const session = await logIn(assistant)
  const ada = await createPerson(session)
  const [text = ''] = await ask(session, ada, 'overload')
  expect(text).toMatch(/^⚠️/)
  expect(text.length).toBeLessThan(300)
  expect(text).not.toContain(KEY)
  await assistant.waitFor(/503/)
  expect(assistant.output()).not.toContain(KEY)
  expect(await ask(session, ada, 'My name is Ada')).toEqual([
    'Nice to meet you, Ada! What can I do for you today?',
  ])
  await ask(session, await createPerson(session, 'Eve'), 'What is my name?')
  expect(JSON.stringify(model.getLastRequest()?.body)).not.toContain('Ada')
})

test('without a key and a server the demo model says what it is and finds commands', async () => {
  const assistant = await startAssistant(
    await createHome({ 'plugins_config.json': { enabled_plugins: { dice: true } } }),
  )
  const session = await logIn(assistant)
  const ada = await createPerson(session)
  expect((await ask(session, ada, 'Are you ChatGPT?')).join()).toMatch(/demo model/i)
  expect((await ask(session, ada, 'how do I roll dice?')).join()).toContain('/roll')
  expect((await ask(session, ada, 'how do I connect a real model?')).join()).toContain('OPENAI_API_KEY')
})
