import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import { expect, vi } from 'vitest'
import { startAssistant } from '../support/assistant.ts'
import type { RunningAssistant, Session } from '../support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN } from '../support/emulator.ts'
import { createHome } from '../support/home.ts'

const WHO = `export default class {
  static manifest = { commands: { who: { description: 'Your role' } } }
  processMessage(message, { command, role }) {
    return command?.name === 'who' ? { success: true, response: role } : undefined
  }
}`
const PLUGINS = ['who', 'admin', 'dice', 'reminders', 'polls_and_forms', 'logging', 'metrics']
/** Of tools over MCP. */
export const MCP_TOKEN = 'token-of-the-owner-0123456789'

/**
 * Ada becomes the owner. Bob is an allowed user, Tess trusted, Mallory blocked; Cleo was an owner
 * for a while; Eve is a stranger.
 */
const NAMES = ['ada', 'bob', 'tess', 'cleo', 'mallory', 'eve'] as const
export type Name = (typeof NAMES)[number]
/** Everybody is in both groups. `team` is allowed, `outside` is not. */
type Group = 'team' | 'outside'
/** Default: the sender's private chat. */
export type Where = Group | 'private'

/** What is tried, by whom and where, what is sent, and how the answer begins if there may be one. */
export type Attempt = readonly [
  what: string,
  name: Name,
  where: Where,
  send: string | ((stage: Stage, where: Where) => Promise<unknown>),
  answer?: string | undefined,
]

/** What a row expects. */
export function wanted([, , , , answer]: Attempt): unknown[] {
  return answer === undefined ? [] : [expect.stringContaining(answer)]
}

/** One assistant, its people and its groups. */
export class Stage {
  readonly driver: Session
  readonly home: string
  readonly assistant: RunningAssistant
  readonly people: Readonly<Record<Name, EmulatedUser>>
  readonly groups: Readonly<Record<Group, number>>
  /** That pairs the owner. */
  readonly code: string
  #lastId = 10_000_000
  #isOwned = false
  #isCleoBlocked = false

  private constructor(parts: Pick<Stage, 'driver' | 'home' | 'assistant' | 'people' | 'groups' | 'code'>) {
    this.driver = parts.driver
    this.home = parts.home
    this.assistant = parts.assistant
    this.people = parts.people
    this.groups = parts.groups
    this.code = parts.code
  }

  static async create(): Promise<Stage> {
    const { driver, url } = await startEmulator()
    const people = {} as Record<Name, EmulatedUser>
    for (const name of NAMES) people[name] = await createPerson(driver, name)
    const memberIds = Object.values(people).map(({ id }) => id)
    const createGroup = async (title: string): Promise<number> =>
      (await driver.post<{ id: number }>('/chats', { type: 'supergroup', title, memberIds })).id
    const groups = { team: await createGroup('team'), outside: await createGroup('outside') }
    const lists = { trusted: [people.tess.id], allowed_users: [people.bob.id], allowed_groups: [groups.team] }
    const switches = Object.fromEntries(PLUGINS.map((name) => [name, true]))
    const home = await createHome({
      'plugins/who.js': WHO,
      'config.json': { access: { mode: 'listed', ...lists } },
      'plugins_config.json': { enabled_plugins: { ...switches, ai_chatbot: false } },
    })
    const environment = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url, MCP_TOKEN }
    const assistant = await startAssistant(home, environment)
    const [, code = ''] = await assistant.waitFor(/\/pair ([0-9A-Z]{4}-[0-9A-Z]{4})/)
    return new Stage({ driver, home, assistant, people, groups, code })
  }

  /** Makes Ada the owner, who blocks Mallory. */
  async pair(): Promise<string[]> {
    const { ada, mallory } = this.people
    const answers = await ask(this.driver, ada, `/pair ${this.code}`)
    this.#isOwned = true
    return [...answers, ...(await ask(this.driver, ada, `/block ${mallory.id}`))]
  }

  blockCleo(): Promise<string[]> {
    this.#isCleoBlocked = true
    return ask(this.driver, this.people.ada, `/block ${this.people.cleo.id}`)
  }

  chatOf(name: Name, where: Where): number {
    return where === 'private' ? this.people[name].id : this.groups[where]
  }

  say(name: Name, where: Where, text: string, replyToMessageId?: number): Promise<unknown> {
    const userId = this.people[name].id
    return this.driver.post(`/chats/${this.chatOf(name, where)}/messages`, { userId, text, replyToMessageId })
  }

  /** Sends an update with one message, as Telegram would. */
  update(name: Name, where: Where, content: object, kind = 'message'): Promise<unknown> {
    const [from, chat] = [this.#user(name), this.#chat(name, where)]
    const date = Math.floor(Date.now() / 1_000)
    const message = { message_id: (this.#lastId += 1), date, chat, from, ...content }
    return this.driver.post('/control/raw-update', { [kind]: message })
  }

  /** Presses a button that is there. */
  press(name: Name, { chatId, id, buttons }: TranscriptMessage, label: string): Promise<unknown> {
    const row = buttons.findIndex((line) => line.some(({ text }) => text.includes(label)))
    const column = buttons[row]?.findIndex(({ text }) => text.includes(label))
    return this.driver.post(`/chats/${chatId}/messages/${id}/press`, {
      userId: this.people[name].id,
      row,
      column,
    })
  }

  /** A press with data and place of the presser's choice, as a modified app can send it. */
  forge(name: Name, where: Where, data: string, more: object = {}): Promise<unknown> {
    const message = { message_id: (this.#lastId += 1), date: 1, chat: this.#chat(name, where), text: 'x' }
    const query = { id: `forged-${this.#lastId}`, from: this.#user(name), chat_instance: '1', message, data }
    return this.driver.post('/control/raw-update', { callback_query: { ...query, ...more } })
  }

  /** What the bot writes, until it shows that it is done with the chat. */
  async answersTo(name: Name, where: Where, send: () => Promise<unknown>): Promise<string[]> {
    const chatId = this.chatOf(name, where)
    const before = (await botMessages(this.driver, chatId, 0)).length
    const newTexts = async (): Promise<string[]> =>
      (await botMessages(this.driver, chatId, 0)).slice(before).map(({ text }) => text)
    await send()
    const probe = this.#probe(name, where)
    if (!probe) {
      await ask(this.driver, this.people.tess, '/who')
      return newTexts()
    }
    const [prober, role] = probe
    await this.say(prober, where, '/who')
    const isDone = async (): Promise<void> => {
      const last = (await newTexts()).at(-1)
      if (last !== role) throw new Error(`the last answer is ${last}, not the role ${role}`)
    }
    await vi.waitFor(isDone, { timeout: 30_000, interval: 20 })
    return (await newTexts()).slice(0, -1)
  }

  /** Plays a row of a table and returns the answers. */
  play([, name, where, send]: Attempt): Promise<string[]> {
    return this.answersTo(name, where, () =>
      typeof send === 'string' ? this.say(name, where, this.#fillIn(send)) : send(this, where),
    )
  }

  readConfig(): Promise<string> {
    return readFile(join(this.home, 'config.json'), 'utf8')
  }

  /** Who is answered in that chat, and how their role shows; nobody in those of Eve and Mallory. */
  #probe(name: Name, where: Where): [Name, string] | undefined {
    if (where === 'team') return ['tess', 'trusted']
    if (name === 'tess') return ['tess', 'trusted']
    if (where === 'outside' || name === 'bob') return ['bob', 'everyone']
    if (name === 'cleo') return this.#isCleoBlocked ? undefined : ['cleo', 'everyone']
    return name === 'ada' && this.#isOwned ? ['ada', 'owner'] : undefined
  }

  #fillIn(text: string): string {
    const { ada, eve } = this.people
    return text.replaceAll('CODE', this.code).replaceAll('ADA', `${ada.id}`).replaceAll('EVE', `${eve.id}`)
  }

  #user(name: Name): object {
    const { id, firstName } = this.people[name]
    return { id, is_bot: false, first_name: firstName }
  }

  #chat(name: Name, where: Where): object {
    const id = this.chatOf(name, where)
    return where === 'private'
      ? { id, type: 'private', first_name: name }
      : { id, type: 'supergroup', title: where }
  }
}
