import { refusalFor } from '@pluggram/sdk'
import type { Button, MessageContext, PluginResult, Reply } from '@pluggram/sdk'
import type { StoredTalk } from './chat-history.ts'
import type { ChatbotParts } from './conversation.ts'
import { TEXTS } from './texts.ts'
import { MAX_FACTS } from './user-facts.ts'
import type { Fact } from './user-facts.ts'

const FACTS_PER_PAGE = 10
const ONLY_PRIVATE = TEXTS.privateSendOurPrivate
const OUR_TALK = 'our conversation here'
const FACTS_OFF = TEXTS.ownerTurnedSavedFacts

type Parts = Pick<ChatbotParts, 'config' | 'history' | 'facts' | 'settings' | 'retries'>

/** `/new`: forgets what was said here. */
export async function newCommand({ chat }: MessageContext, { history }: Parts): Promise<PluginResult> {
  await history.forget(chat)
  return { success: true, response: TEXTS.newChatStarted }
}

/** `/forget`: asks what to forget. */
export function forgetCommand({ chat, role }: MessageContext): PluginResult {
  const isPrivate = chat.type === 'private'
  const rows: Button[][] = [[{ text: TEXTS.conversation, data: 'forget:talk' }]]
  if (chat.topicId !== undefined && (isPrivate || role !== 'everyone')) {
    rows[0]?.push({ text: TEXTS.allTopics, data: 'forget:topics' })
  }
  if (isPrivate) {
    rows.push([
      { text: TEXTS.factsAbout, data: 'forget:facts' },
      { text: TEXTS.everything, data: 'forget:all' },
    ])
  }
  const more = isPrivate ? ' (/forget_me also deletes reminders, documents and other data.)' : ''
  return { success: true, response: { text: TEXTS.whatShouldForget(more), buttons: rows } }
}

/** A button of `/forget` was pressed. */
export async function forgetPress(
  what: string,
  context: MessageContext,
  { history, facts, retries }: Parts,
): Promise<PluginResult> {
  const { chat, user, role } = context
  const isPrivate = chat.type === 'private'
  const done: string[] = []
  if (what === 'topics' && !isPrivate && role === 'everyone') {
    return { success: false, error: refusalFor('trusted', 'groups') }
  }
  if (what === 'talk') {
    await history.forget(chat)
    done.push(OUR_TALK)
  }
  if (what === 'topics' || (isPrivate && what === 'all')) {
    done.push(describeTopics(await history.forgetTopics(chat.id)))
  }
  if (isPrivate && what === 'all') await retries.forgetUser(user.id)
  if (isPrivate && (what === 'facts' || what === 'all')) done.push(describeFacts(await facts.clear(user.id)))
  return {
    success: true,
    response: { text: TEXTS.deleted(done.join(', ') || 'nothing'), editMessageId: context.message.id },
  }
}

/**
 * Deletes everything that is stored about a user. What was said in groups belongs to the groups.
 */
export async function forgetUser(
  userId: number,
  { history, facts, settings }: Parts,
): Promise<string | undefined> {
  // a private chat has the id of its user
  const talks = await history.forgetTopics(userId)
  const count = await facts.clear(userId)
  const hadSettings = await settings.forget(userId)
  const done = [
    ...(talks > 0 ? [describeTopics(talks)] : []),
    ...(count > 0 ? [describeFacts(count)] : []),
    ...(hadSettings ? ['my style in our chat'] : []),
  ]
  return done.length > 0 ? done.join(', ') : undefined
}

function describeTopics(count: number): string {
  return count > 1 ? `our conversations in ${count} topics` : OUR_TALK
}

function describeFacts(count: number): string {
  return count === 1 ? 'one fact about you' : `${count} facts about you`
}

/** `/remember WORDS`: stores a fact about the user. */
export async function rememberCommand(
  args: string,
  { chat, user }: MessageContext,
  { config, facts }: Parts,
): Promise<PluginResult> {
  if (chat.type !== 'private') return { success: false, error: ONLY_PRIVATE }
  if (config.facts === 'off') return { success: false, error: FACTS_OFF }
  const outcome = await facts.add(user.id, args, { by: 'user' })
  if ('fact' in outcome) {
    return { success: true, response: TEXTS.saved(outcome.fact.text) }
  }
  switch (outcome.refused) {
    case 'empty':
      return { success: true, response: TEXTS.whatShouldRememberExample }
    case 'known':
      return { success: true, response: TEXTS.alreadyKnow }
    case 'full':
      return {
        success: false,
        error: TEXTS.canSaveMostFacts(MAX_FACTS),
      }
  }
}

/** `/memory`: lists what is remembered, with a button to delete each fact. */
export async function memoryCommand(context: MessageContext, parts: Parts): Promise<PluginResult> {
  if (context.chat.type !== 'private') return { success: false, error: ONLY_PRIVATE }
  return { success: true, response: await memoryList(context, parts, 0) }
}

/** A button of `/memory` was pressed: `delete ID` or `page NUMBER`. */
export async function memoryPress(
  [action = '', argument = '']: readonly string[],
  context: MessageContext,
  parts: Parts,
): Promise<PluginResult> {
  if (context.chat.type !== 'private') return { success: false, error: ONLY_PRIVATE }
  const before = await parts.facts.list(context.user.id)
  let page = Number(argument)
  if (action === 'delete') {
    page = Math.floor(before.findIndex(({ id }) => id === argument) / FACTS_PER_PAGE)
    await parts.facts.remove(context.user.id, argument)
  }
  const list = await memoryList(context, parts, Number.isInteger(page) ? page : 0)
  return { success: true, response: { ...list, editMessageId: context.message.id } }
}

async function memoryList(
  { chat, user }: MessageContext,
  { config, history, facts }: Parts,
  wanted: number,
): Promise<Reply & { text: string }> {
  const [known, talk] = await Promise.all([facts.list(user.id), history.stored(chat)])
  const last = Math.max(0, Math.ceil(known.length / FACTS_PER_PAGE) - 1)
  const page = Math.min(Math.max(wanted, 0), last)
  const first = page * FACTS_PER_PAGE
  const shown = known.slice(first, first + FACTS_PER_PAGE)
  const lines = [
    TEXTS.rememberOurLastMessages(
      talk.turns.length,
      talk.summary === undefined ? '' : `, and a summary of what came before: ${talk.summary}`,
    ),
    config.retention_days > 0 ? TEXTS.deleteThemAfterDays(config.retention_days) : TEXTS.newDeletesThem,
    '',
    ...factLines(shown, first, config.facts === 'off'),
  ]
  const deletes = shown.map(({ id }, index) => ({
    text: `🗑 ${first + index + 1}`,
    data: `memory:delete:${id}`,
  }))
  const turns: Button[] = [
    ...(page > 0 ? [{ text: '‹', data: `memory:page:${page - 1}` }] : []),
    ...(page < last ? [{ text: '›', data: `memory:page:${page + 1}` }] : []),
  ]
  const buttons = [deletes.slice(0, 5), deletes.slice(5), turns].filter((row) => row.length > 0)
  return { text: lines.join('\n'), buttons }
}

function factLines(facts: readonly Fact[], first: number, isOff: boolean): string[] {
  if (isOff) return [FACTS_OFF]
  if (facts.length === 0) return [TEXTS.savedFactsNoneSave]
  const lines = facts.map(
    ({ text, by }, index) => `${first + index + 1}. ${text}${by === 'model' ? ' (saved by me)' : ''}`,
  )
  return [TEXTS.savedFacts, ...lines]
}

/**
 * `/export`: everything that is stored of the chat, in all its topics, and about its user, as a
 * JSON file.
 */
export async function exportCommand(
  { chat, user }: MessageContext,
  { history, facts, settings }: Parts,
): Promise<PluginResult> {
  if (chat.type !== 'private') return { success: false, error: ONLY_PRIVATE }
  const places = await history.topics(chat.id)
  const [talk, known, persona, ...topics] = await Promise.all([
    history.stored({ id: chat.id }),
    facts.list(user.id),
    settings.persona(chat),
    ...places.flatMap(({ topicId }) =>
      topicId === undefined
        ? []
        : history
            .stored({ id: chat.id, topicId })
            .then((stored) => ({ topic_id: topicId, ...describeTalk(stored) })),
    ),
  ])
  const content = {
    exported: timeOf(Date.now()),
    user: { id: user.id, name: user.firstName },
    persona: persona.name,
    facts: known.map(({ text, at, by }) => ({ text, noted: timeOf(at), by })),
    ...describeTalk(talk),
    ...(topics.length > 0 && { topics }),
  }
  const source = new TextEncoder().encode(`${JSON.stringify(content, null, 2)}\n`)
  return {
    success: true,
    response: { media: { kind: 'document', source, fileName: 'my-data.json' } },
  }
}

function describeTalk({ turns, summary }: StoredTalk): object {
  return {
    ...(summary !== undefined && { summary }),
    conversation: turns.map(({ role, content: text, at, isPartial }) => ({
      role,
      text,
      at: timeOf(at),
      ...(isPartial && { is_partial: true }),
    })),
  }
}

function timeOf(at: number): string {
  return new Date(at).toISOString()
}
