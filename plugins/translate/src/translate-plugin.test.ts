import { collectText, createScriptedAi, createTestServices, runPlugin } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { AiError } from '@pluggram/sdk'
import { expect, test } from 'vitest'
import example from '../config.example.json' with { type: 'json' }
import translate from './index.ts'

installLeakCheck()

const german = createScriptedAi(['Guten Morgen'])

test('/translate gives a text in the language that was named', async () => {
  const ai = createScriptedAi(['Guten ', 'Morgen'])
  await using plugin = await runPlugin(translate, { services: createTestServices({ ai }) })
  expect(await collectText(await plugin.send('/translate german Good morning'))).toBe('Guten Morgen')
  expect(ai.requests[0]).toMatchObject({ messages: [{ role: 'user', content: 'Good morning' }] })
  expect(ai.requests[0]?.system).toContain('into German (de)')
})

test('/translate as an answer translates that message, into the language of the app', async () => {
  const ai = createScriptedAi(['Bonjour'])
  await using plugin = await runPlugin(translate, { services: createTestServices({ ai }) })
  const replyTo = { id: 1, text: 'Hello', fromBot: false }
  const result = await plugin.send('/translate', { replyTo, user: { languageCode: 'fr' } })
  expect(await collectText(result)).toBe('Bonjour')
  expect(ai.requests[0]?.system).toContain('French')
})

test('an order in plain words is understood, and nothing but an order', async () => {
  const ai = createScriptedAi(['Guten ', 'Morgen'])
  await using plugin = await runPlugin(translate, { services: createTestServices({ ai }) })
  expect(await collectText(await plugin.send('Please translate “good morning” into German!'))).toBe(
    'Guten Morgen',
  )
  expect(ai.requests[0]).toMatchObject({ messages: [{ role: 'user', content: 'good morning' }] })
  const replyTo = { id: 1, text: 'Hello', fromBot: false }
  expect(await collectText(await plugin.send('translate this to german', { replyTo }))).toBe('Guten Morgen')
  expect(ai.requests[1]).toMatchObject({ messages: [{ role: 'user', content: 'Hello' }] })
  for (const other of [
    'translate this to german',
    'translate my thoughts to action',
    'translate good morning to german and then sing it',
    'I want to translate it to german',
  ]) {
    expect(await plugin.send(other)).toBeUndefined()
  }
  const group = { chat: { id: -5, type: 'group' as const }, isAddressed: false }
  expect(await plugin.send('translate good morning to german', group)).toBeUndefined()
})

test('a text that is in the language already is said to be', async () => {
  await using plugin = await runPlugin(translate, { services: createTestServices({ ai: ['='] }) })
  expect(await collectText(await plugin.send('/translate de Guten Morgen'))).toBe('That is already German.')
})

test('in a chat that asked for it, what is written in other languages is translated', async () => {
  const services = createTestServices({
    ai: ({ messages }) => [messages[0]?.content === 'Guten Tag' ? '=' : 'Guten Morgen'],
  })
  await using plugin = await runPlugin(translate, { services })
  expect(await plugin.send('Good morning')).toBeUndefined()
  expect(await collectText(await plugin.send('/translate auto german'))).toContain('into German')
  expect(await plugin.send('Good morning')).toMatchObject({
    response: { text: 'Guten Morgen', replyToMessageId: expect.any(Number) },
  })
  expect(await plugin.send('Guten Tag')).toBeUndefined()
  expect(await plugin.send('😀 123')).toBeUndefined()
  expect(await plugin.send('Good morning', { chat: { id: 77 } })).toBeUndefined()
  expect(await collectText(await plugin.send('/translate auto off'))).toContain('no longer')
  expect(await plugin.send('Good morning')).toBeUndefined()
})

test('in a group, only those who may can have everything translated', async () => {
  await using plugin = await runPlugin(translate, { services: createTestServices({ ai: german }) })
  const group = { chat: { id: -5, type: 'group' as const } }
  expect(await plugin.send('/translate auto de', group)).toMatchObject({ success: false })
  expect(await plugin.send('/translate auto de', { ...group, role: 'trusted' })).toMatchObject({
    success: true,
  })
  expect(await plugin.send('Good morning', { ...group, isAddressed: false })).toMatchObject({ success: true })
  // messages to the assistant belong to the conversation
  expect(await plugin.send('Good morning', { ...group, isAddressed: true })).toBeUndefined()
})

test('the demo model says that it cannot translate', async () => {
  const ai = { ...german, model: async () => ({ id: 'demo', isDemo: true }) }
  await using plugin = await runPlugin(translate, { services: createTestServices({ ai }) })
  const refusal = { success: false, error: expect.stringContaining('needs an AI model') }
  expect(await plugin.send('/translate de Hello')).toEqual(refusal)
  expect(await plugin.send('/translate auto de')).toEqual(refusal)
  expect(await plugin.status()).toMatchObject({ status: 'waiting' })
})

test('a model that fails is told in words, and reported', async () => {
  const services = createTestServices({
    ai: () => {
      throw new AiError('ai-unavailable', 'https://internal.example says no', { isRetryable: true })
    },
  })
  await using plugin = await runPlugin(translate, { services })
  expect(await plugin.send('/translate de Hello')).toEqual({
    success: false,
    error: "The AI service isn't responding. Try again in a minute.",
  })
  expect(services.exceptions).toHaveLength(1)
})

test('a budget that is used up is told as it is', async () => {
  const ai = (): never => {
    throw new AiError('ai-limit', 'The budget of this user is used up.')
  }
  await using plugin = await runPlugin(translate, { services: createTestServices({ ai }) })
  expect(await plugin.send('/translate de Hello')).toEqual({
    success: false,
    error: 'The budget of this user is used up.',
  })
})

test.each([
  ['/translate', 'Write `/translate german'],
  ['/translate auto klingonish', "I don't know that language"],
  [`/translate de ${'x'.repeat(50)}`, 'up to 20 characters'],
])('%s is answered in words', async (text, words) => {
  await using plugin = await runPlugin(translate, {
    services: createTestServices({ ai: german }),
    config: { max_characters: 20 },
  })
  const result = await plugin.send(text)
  expect(result?.success ? await collectText(result) : result?.error).toContain(words)
})

test('a default language that is none is refused', async () => {
  await expect(runPlugin(translate, { config: { default_language: 'english please' } })).rejects.toThrow(
    'plugins.translate.default_language: is not a language',
  )
})

test('the example of a configuration is taken', async () => {
  await using plugin = await runPlugin(translate, { config: example.plugins.translate })
  expect(plugin.descriptor.name).toBe('translate')
})

test('a chat has the language that an owner set for it, whatever the app speaks', async () => {
  const ai = createScriptedAi(['Hola'])
  const chatConfig = { [-5]: { language: 'es', max_characters: 10 } }
  await using plugin = await runPlugin(translate, { services: createTestServices({ ai }), chatConfig })
  const french = { user: { languageCode: 'fr' } }
  const group = { ...french, chat: { id: -5, type: 'group' as const } }
  await plugin.send('/translate Hello', group)
  await plugin.send('/translate Hello', french)
  expect(ai.requests.map(({ system }) => /into (\w+)/.exec(system ?? '')?.[1])).toEqual(['Spanish', 'French'])
  expect(await plugin.send('/translate Hello everybody', group)).toMatchObject({
    success: false,
    error: expect.stringContaining('10 characters'),
  })
})
