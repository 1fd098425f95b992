import { AiError } from '@pluggram/sdk'
import type { AiService, TextRequest } from '@pluggram/sdk'
import { collectText, createScriptedAi, createTestServices, runPlugin } from '@pluggram/testing'
import type { PluginUnderTest, RunPluginOptions, TestMessage, TestServices } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { describe, expect, test } from 'vitest'
import example from '../config.example.json' with { type: 'json' }
import { configuration } from './configuration.ts'
import plugin from './index.ts'
import { wordQuery } from './search.ts'
import { createPdf } from './test-pdf.ts'

installLeakCheck()

const GROUP: TestMessage = { chat: { id: -5, type: 'supergroup', title: 'Friends' } }
const OWNER = { role: 'owner' } as const

interface Knowledge extends AsyncDisposable {
  readonly plugin: PluginUnderTest
  readonly services: TestServices
  readonly requests: readonly TextRequest[]
  say(text: string, message?: TestMessage): Promise<string>
  learn(
    fileName: string,
    content: string | Uint8Array,
    message?: TestMessage,
    caption?: string,
  ): Promise<string>
  search(query: string, message?: TestMessage): Promise<string>
}

async function start(
  config: NonNullable<RunPluginOptions['config']> = {},
  overrides: Partial<AiService> = {},
): Promise<Knowledge> {
  const ai = createScriptedAi(['At ten', ' [1].'], overrides)
  const services = createTestServices({ ai })
  const running = await runPlugin(plugin, { services, config })
  return {
    plugin: running,
    services,
    requests: ai.requests,
    say: async (text, message) => collectText(await running.send(text, message)),
    async learn(fileName, content, message, caption = '/learn') {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
      const attachments = [{ kind: 'document', fileId: 'f', fileName, size: bytes.length } as const]
      return collectText(await running.send(caption, { ...message, attachments, files: { f: bytes } }))
    },
    search: async (query, message) =>
      JSON.stringify(await running.callTool('search_knowledge', { query }, message)),
    [Symbol.asyncDispose]: () => running.stop(),
  }
}

async function* failing(error: Error | undefined): AsyncGenerator<string> {
  if (error) throw error
  yield ''
}

const buttons = (result: unknown): string[] =>
  [...JSON.stringify(result).matchAll(/"data":"([^"]+)"/g)].map(([, data = '']) => data)

test('the example configuration is valid', () => {
  expect(() => configuration.parse(example.plugins.knowledge)).not.toThrow()
})

test('/ask answers from a document and cites page and title', async () => {
  await using knowledge = await start()
  const pdf = createPdf(['We are a library.', 'The library opens at ten.'])
  expect(await knowledge.learn('hours_1.pdf', pdf)).toBe(
    '📚 Saved: “hours_1.pdf” (2 passages). Who can ask about it: only you. Use /ask.',
  )
  expect(await knowledge.say('/ask When does it open?')).toBe(
    'At ten [1].\n\nSources:\n\\[1\\] hours\\_1.pdf, page 2',
  )
  const content = knowledge.requests[0]?.messages[0]?.content
  expect(content).toMatch(/^\[passages (\w{8}): [^]*The library opens at ten\.[^]*\[end of passages \1\]/)
  expect(knowledge.requests[0]?.for).toMatchObject({ user: { id: 1_001 } })
})

test('what was looked at is named when the model cites nothing', async () => {
  await using knowledge = await start({}, createScriptedAi(['I do not know.']))
  await knowledge.say('/learn The library opens at ten.')
  expect(await knowledge.say('/ask library?')).toContain('Also read:\n\\[1\\] The library')
})

test('a question without an answer in the documents is not given to the model', async () => {
  await using knowledge = await start()
  await knowledge.learn('a.txt', 'The library opens at ten.')
  expect(await knowledge.say('/ask elephants')).toMatch(/^The documents say nothing/)
  expect(knowledge.requests).toEqual([])
})

test.each<[string, Partial<AiService>, string]>([
  ['the demo model', { model: async () => ({ id: 'demo', isDemo: true }) }, 'No AI model is connected'],
  [
    'a model that fails',
    { streamText: () => failing(new AiError('ai-timeout', 'http://10.0.0.5')) },
    "The AI service isn't responding",
  ],
])('with %s the passages themselves are shown', async (_what, ai, words) => {
  await using knowledge = await start({}, ai)
  await knowledge.learn('a.txt', 'The library opens at ten.')
  const shown = await knowledge.say('/ask library')
  expect(shown).toContain(words)
  expect(shown).toContain('[1] a.txt\nThe library opens at ten.')
  expect(shown).not.toContain('10.0.0.5')
})

describe('documents stay where they belong', () => {
  test('a user’s are told in their private chat only, a group’s in that group only, everybody’s everywhere', async () => {
    await using knowledge = await start()
    await knowledge.say('/learn canary of the user')
    await knowledge.say('/learn canary of the group', { ...GROUP, ...OWNER })
    await knowledge.say('/learn everyone canary of all', OWNER)
    const other = { user: { id: 5 }, chat: { id: 5 } }
    const otherGroup = { chat: { id: -6, type: 'group' } } as const
    const cases: [TestMessage, string[], string[]][] = [
      [{}, ['the user', 'all'], ['the group']],
      [GROUP, ['the group', 'all'], ['the user']],
      [other, ['all'], ['the user', 'the group']],
      [otherGroup, ['all'], ['the user', 'the group']],
      [{ user: { id: 0 }, chat: { id: 0 } }, ['all'], ['the user', 'the group']],
    ]
    for (const [message, seen, unseen] of cases) {
      const found = await knowledge.search('canary', message)
      const listed = await knowledge.say('/documents', message)
      await knowledge.say('/ask canary', message)
      const prompt = knowledge.requests.at(-1)?.messages[0]?.content
      for (const owner of seen) for (const text of [found, listed, prompt]) expect(text).toContain(owner)
      for (const owner of unseen)
        for (const text of [found, listed, prompt]) expect(text).not.toContain(owner)
    }
  })

  test('strangers add none to a group, and nobody but the owner adds for everybody', async () => {
    await using knowledge = await start()
    expect(await knowledge.say('/learn x', GROUP)).toMatch(/^Only the owner and trusted people/)
    expect(await knowledge.say('/learn x', { ...GROUP, role: 'trusted' })).toContain('this group')
    expect(await knowledge.say('/learn everyone x', { role: 'trusted' })).toMatch(/^Only the owner/)
    await using strict = await start({ learn_role: 'owner' })
    expect(await strict.say('/learn x')).toMatch(/^Only the owner/)
  })

  test('a button deletes only what its presser may see and added', async () => {
    await using knowledge = await start()
    await knowledge.say('/learn canary of the user')
    const [data = ''] = buttons(await knowledge.plugin.send('/documents'))
    const press = async (message?: TestMessage): Promise<string> =>
      collectText(await knowledge.plugin.press(data, message))
    expect(await press({ user: { id: 5 }, chat: { id: 5 }, ...OWNER })).toContain('already deleted')
    expect(await knowledge.search('canary')).toContain('canary of the user')
    expect(await press()).toContain('No documents yet')
    expect(await knowledge.search('canary')).toContain('Nothing was found')
    await knowledge.say('/learn everyone canary', OWNER)
    expect(buttons(await knowledge.plugin.send('/documents'))).toEqual([])
    expect(buttons(await knowledge.plugin.send('/documents', OWNER))).toHaveLength(1)
  })
})

test('a file of the same name replaces the earlier one, and the very same is known', async () => {
  await using knowledge = await start()
  await knowledge.learn('a.txt', 'old words')
  expect(await knowledge.learn('a.txt', 'old words')).toMatch(/^📚 Already saved/)
  await knowledge.learn('a.txt', 'new words')
  expect(await knowledge.search('words')).not.toContain('old words')
  expect(await knowledge.search('words')).toContain('new words')
})

test('what cannot be learned is told, and how it is done', async () => {
  await using knowledge = await start({ documents: 1 })
  expect(await knowledge.learn('a.png', 'x')).toContain('I read text, Markdown, HTML and PDF')
  expect(await knowledge.learn('a.pdf', 'x')).toContain('It cannot be read')
  expect(await knowledge.say('/learn')).toContain('with the caption /learn')
  expect(await knowledge.say('/ask')).toContain('Add your question')
  await knowledge.say('/learn one')
  expect(await knowledge.say('/learn two')).toContain('maximum of 1 documents')
})

test('long lists are turned page by page', async () => {
  await using knowledge = await start()
  for (let index = 1; index <= 10; index++) await knowledge.say(`/learn note ${index}`)
  const list = await knowledge.plugin.send('/documents')
  expect(buttons(list)).toContain('page:1')
  expect(await collectText(await knowledge.plugin.press('page:1'))).toContain('10. note 10')
})

test('words of a stranger are no search syntax', async () => {
  await using knowledge = await start()
  await knowledge.say('/learn The library opens at ten.')
  for (const query of ['"', 'library AND (', 'NEAR(a b)', 'text:library*', '*', "'; DROP TABLE words; --"]) {
    expect(await knowledge.search(query)).toMatch(/Nothing was found|library/)
  }
  expect(wordQuery('Öffnet LIBRARY "x" ab')).toBe('"öffnet"* OR "library"* OR "x" OR "ab"')
})

test('with a model for embeddings texts are found by meaning, too', async () => {
  const meaning = (text: string): number[] => (/cat|feline/i.test(text) ? [1, 0.1] : [0.05, 1])
  const embed: AiService['embed'] = async ({ texts }) => ({
    model: 'test:vectors',
    vectors: texts.map(meaning),
    usage: { inputTokens: 0, outputTokens: 0 },
  })
  const abilities = async () => ({ embed: 'test:vectors' })
  await using knowledge = await start({}, { embed, abilities })
  await knowledge.say('/learn A cat sleeps.')
  await knowledge.say('/learn A dog barks.')
  expect(await knowledge.search('feline')).toMatch(/A cat sleeps/)
  await using without = await start({ embeddings: false }, { embed, abilities })
  await without.say('/learn A cat sleeps.')
  expect(await without.search('feline')).toContain('Nothing was found')
})

test('a model for embeddings that fails leaves the words', async () => {
  const abilities = async () => ({ embed: 'test:vectors' })
  await using knowledge = await start({}, { abilities })
  expect(await knowledge.say('/learn A cat sleeps.')).toContain('Saved')
  expect(await knowledge.search('cat')).toContain('A cat sleeps')
  expect(knowledge.services.logLines).toContainEqual(expect.objectContaining({ level: 'warn' }))
})

test('forgets the documents of a user, also those added to a group, and no other ones', async () => {
  await using knowledge = await start()
  const other = { user: { id: 5 }, chat: { id: 5 } }
  await knowledge.say('/learn canary of the user')
  await knowledge.say('/learn canary of the group', { ...GROUP, role: 'trusted' })
  await knowledge.say('/learn everyone canary of all', OWNER)
  await knowledge.say('/learn canary of another', other)
  await knowledge.say('/learn canary of another in the group', { ...GROUP, user: { id: 5 }, role: 'trusted' })
  expect(await knowledge.plugin.forgetUser(1_001)).toBe('2 documents')
  expect(await knowledge.search('canary')).not.toContain('of the user')
  expect(await knowledge.search('canary', GROUP)).not.toContain('of the group')
  expect(await knowledge.search('canary', GROUP)).toMatch(/of another in the group/)
  expect(await knowledge.search('canary', other)).toMatch(/of all[^]*of another|of another[^]*of all/)
  expect(await knowledge.plugin.forgetUser(1_001)).toBeUndefined()
})
