import { LLMock } from '@copilotkit/aimock'
import type { EmulatedChat, EmulatedUser } from '@pluggram/bot-api-emulator'
import { long } from '@pluggram/testing/long'
import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import type { Session } from './support/assistant.ts'
import { botMessages, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

const mocks: LLMock[] = []

afterEach(async () => {
  await stopAllPrograms()
  for (const mock of mocks.splice(0)) await mock.stop()
  await removeHomes()
})

/** A chat, with what was said, noted and learned only there. */
interface Place {
  readonly chatId: number
  readonly user: EmulatedUser
  readonly canaries: readonly string[]
}

async function say(session: Session, { chatId, user }: Place, text: string): Promise<string> {
  const before = (await botMessages(session, chatId, 0)).length
  await session.post(`/chats/${chatId}/messages`, { userId: user.id, text })
  return (await botMessages(session, chatId, before + 1)).at(-1)?.text ?? ''
}

const PEOPLE = long(4, 10)

test(`nothing crosses users or chats: a private chat and a group of each of ${PEOPLE} people`, async () => {
  const model = new LLMock({ port: 0 })
  model.onMessage(/[^]*/, { content: 'I see.' })
  await model.start()
  mocks.push(model)
  const home = await createHome({
    'config.json': {
      plugins: {
        ai_chatbot: { groups: 'always' },
        knowledge: { learn_in_groups_role: 'everyone' },
      },
    },
    'plugins_config.json': { enabled_plugins: { knowledge: true } },
  })
  const assistant = await startAssistant(home, { OPENAI_BASE_URL: `${model.url}/v1` })
  const session = await logIn(assistant)

  const places: Place[] = []
  for (let index = 0; index < PEOPLE; index++) {
    const user = await createPerson(session, `Person${index}`)
    const group = await session.post<EmulatedChat>('/chats', {
      type: 'supergroup',
      title: `Group ${index}`,
      memberIds: [user.id],
    })
    const canaries = (kind: string): string[] =>
      ['said', 'noted', 'learned'].map((how) => `${how}${kind}${index}x`)
    places.push({ chatId: user.id, user, canaries: canaries('private') })
    places.push({ chatId: group.id, user, canaries: canaries('group') })
  }
  expect(places).toHaveLength(2 * PEOPLE)

  for (const place of places) {
    const [said = '', noted = '', learned = ''] = place.canaries
    await say(session, place, `Our secret word is ${said}.`)
    const isPrivate = place.chatId === place.user.id
    const remembered = await say(session, place, `/remember My canary is ${noted}`)
    expect(remembered.includes(noted)).toBe(isPrivate)
    expect(await say(session, place, `/learn The canary of this place is ${learned}.`)).toContain('Saved')
  }
  for (const place of places) {
    await say(session, place, `What is the secret word, asks ${place.canaries[0]}?`)
    await say(session, place, '/ask canary of this place')
  }

  const prompts = model.getRequests().map(({ body }) => JSON.stringify(body))
  const of = ({ canaries: [said = ''] }: Place): string[] => prompts.filter((prompt) => prompt.includes(said))
  const everywhere = places.flatMap(({ canaries }) => canaries)
  expect(prompts.length).toBeGreaterThanOrEqual(6 * PEOPLE)
  for (const prompt of prompts) {
    const seen = everywhere.filter((canary) => prompt.includes(canary))
    const homes = places.filter(({ canaries }) => canaries.some((canary) => seen.includes(canary)))
    expect(homes.length, `a prompt knows of several chats: ${seen.join(', ')}`).toBeLessThanOrEqual(1)
  }
  // and each chat does remember its own
  for (const place of places) {
    const [said = '', noted = '', learned = ''] = place.canaries
    expect(of(place).some((prompt) => prompt.split(said).length > 2)).toBe(true)
    expect(prompts.some((prompt) => prompt.includes(noted))).toBe(place.chatId === place.user.id)
    expect(prompts.some((prompt) => prompt.includes(learned))).toBe(true)
  }
})
