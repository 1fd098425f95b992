import { withAddresses } from '@pluggram/plugin-kit/linked-text'
import type { MessageContext, Plugin, PluginResult, SetupContext } from '@pluggram/sdk'
import { attachmentNames } from './attachment-names.ts'
import { ChatHistory } from './chat-history.ts'
import { ChatSettings } from './chat-settings.ts'
import { Condenser } from './condenser.ts'
import type { Configuration } from './configuration.ts'
import { converse } from './conversation.ts'
import type { Asking, ChatbotParts, Edit, Question } from './conversation.ts'
import { answerChange, replacing } from './edited-question.ts'
import { answeringAlbum, captionPlaces } from './asked-message.ts'
import { carriedTexts, foreignText } from './foreign-text.ts'
import { friendlyError, mayPass } from './friendly-error.ts'
import {
  exportCommand,
  forgetUser,
  forgetCommand,
  forgetPress,
  memoryCommand,
  memoryPress,
  newCommand,
  rememberCommand,
} from './memory-commands.ts'
import { modelCommand, modelPress } from './model-command.ts'
import { personaCommand, personaPress, respondCommand } from './persona-command.ts'
import { readAttachments } from './read-attachments.ts'
import { Retries } from './retries.ts'
import { isAsker, RunningAnswers } from './running-answers.ts'
import { speakAnswer } from './spoken-answer.ts'
import { stopResult } from './stop-command.ts'
import { TEXTS } from './texts.ts'
import { usageCommand } from './usage-command.ts'
import { UserFacts } from './user-facts.ts'

/** Decides whether a message is a command, a pressed button, or a question for the model. */
export function createChatbot({
  config,
  services,
  signal,
}: SetupContext<Configuration>): Plugin<Configuration> {
  const history = new ChatHistory(services.store.rolling('conversations'), {
    messages: config.history_messages,
    tokens: config.history_tokens,
    retentionDays: config.retention_days,
  })
  const parts: ChatbotParts = {
    config,
    services,
    history,
    facts: new UserFacts(services.store),
    settings: new ChatSettings(services.store, config),
    running: new RunningAnswers(),
    condenser: new Condenser({ services, history, signal }),
    retries: new Retries(services.store),
    signal,
  }
  return {
    async processMessage(message, context) {
      const { config: here } = context
      const inChat = { ...parts, config: here, settings: parts.settings.with(here) }
      if (context.callback) return press(context.callback.data, context, inChat)
      if (context.message.isEdited) return edited(context, inChat)
      return (await runCommand(context, inChat)) ?? answer(typedWords(message, context), context, inChat)
    },
    forgetUser: async ({ id }) => {
      await parts.retries.forgetUser(id)
      return forgetUser(id, parts)
    },
    async getStatus() {
      try {
        const { id, isDemo } = await services.ai.model()
        return { status: 'active', model: id, ...(isDemo && { demo: true }) }
      } catch (error) {
        return { status: 'degraded', reason: friendlyError(error) ?? TEXTS.aiModelNotAvailable }
      }
    },
    async cleanup() {
      await parts.condenser.whenIdle()
    },
  }
}

/** The words of a message, with the addresses behind linked words. */
function typedWords(words: string, { message: { text, entities } }: MessageContext): string {
  return (words === text ? withAddresses(text, entities) : words).trim()
}

/** `undefined` if it is not one of our commands. */
async function runCommand(context: MessageContext, parts: ChatbotParts): Promise<PluginResult | undefined> {
  const { name, args = '' } = context.command ?? {}
  switch (name) {
    case 'new':
      return newCommand(context, parts)
    case 'stop':
      return stopResult(parts.running.stopAll(context))
    case 'forget':
      return forgetCommand(context)
    case 'memory':
      return memoryCommand(context, parts)
    case 'remember':
      return rememberCommand(args, context, parts)
    case 'export':
      return exportCommand(context, parts)
    case 'model':
      return modelCommand(args.trim(), context, parts)
    case 'usage':
      return usageCommand(context, parts.services)
    case 'persona':
      return personaCommand(args, context, parts)
    case 'respond':
      return respondCommand(args, context, parts)
    default:
      return undefined
  }
}

async function press(
  data: string,
  context: MessageContext,
  parts: ChatbotParts,
): Promise<PluginResult | undefined> {
  const [kind, ...rest] = data.split(':')
  switch (kind) {
    case 'stop': {
      const outcome = await parts.running.stop(rest[0] ?? '', context)
      // a stopped answer says so itself; a finished one has already lost its button
      return outcome === 'theirs' ? stopResult(outcome) : { success: true }
    }
    case 'forget':
      return forgetPress(rest[0] ?? '', context, parts)
    case 'memory':
      return memoryPress(rest, context, parts)
    case 'model':
      return modelPress(rest[0] ?? '', context, parts)
    case 'retry':
      return parts.retries.press(rest[0] ?? '', context, async (text, asked, before) => {
        const { id: messageId } = asked.message
        const isKnown = before === 'partial'
        const edit: Edit = { messageId, isKnown, effects: isKnown ? 'broken' : 'none' }
        return replacing(await tryAnswer(text, asked, parts, { edit }), messageId)
      })
    case 'continue':
      return continueAnswer(rest[0] ?? '', context, parts)
    case 'persona':
      return personaPress(rest[0] ?? '', context, parts)
    default:
      return { success: false, error: TEXTS.buttonTooOldPlease }
  }
}

async function answer(
  text: string,
  context: MessageContext,
  parts: ChatbotParts,
): Promise<PluginResult | undefined> {
  const { chat, command, user, message } = context
  // two bots that answer each other would never stop
  if (user.isBot) return undefined
  let isForOthers = false
  if (chat.type !== 'private') {
    // an unknown command in a group probably belongs to another bot
    if (command) return undefined
    const mode = await parts.settings.respond(chat)
    if (mode === 'never') return undefined
    isForOthers = mode === 'when_addressed' && !message.isAddressed
  }
  const joined = await joinAlbum(context, parts)
  if (joined || isForOthers) return joined
  if (text === '' && message.attachments.length === 0 && message.carried === undefined) return undefined
  // a picture without words is meant for the group, unless everything is answered there
  if (text === '' && chat.type !== 'private' && !isSpoken(message) && !message.isAddressed) return undefined
  return tryAnswer(text, await answeringWhole(context, parts), parts)
}

async function answeringWhole(context: MessageContext, { history }: ChatbotParts): Promise<MessageContext> {
  const { replyTo } = context.message
  if (!replyTo?.attachments || replyTo.attachments.length === 0) return context
  const known = await history.question(context.chat, { id: replyTo.id })
  return { ...context, message: answeringAlbum(context.message, known) }
}

/** Asks for the rest of an answer that reached its maximum length. */
async function continueAnswer(
  askedBy: string,
  { callback: _callback, ...context }: MessageContext,
  parts: ChatbotParts,
): Promise<PluginResult> {
  const asker = { ...context, user: { ...context.user, id: Number(askedBy) } }
  if (!(await isAsker(asker, context))) return { success: false, error: TEXTS.onlyPersonWhoAskedContinue }
  const { id } = context.message
  await context.reply({ editMessageId: id, buttons: [] }).catch(() => {})
  const message = {
    id,
    text: TEXTS.goOn,
    entities: [],
    attachments: [],
    date: new Date(),
    isEdited: false,
    isAddressed: true,
  }
  return tryAnswer(TEXTS.goOn, { ...context, message }, parts)
}

async function edited(context: MessageContext, parts: ChatbotParts): Promise<PluginResult | undefined> {
  const isSilent = context.chat.type !== 'private' && (await parts.settings.respond(context.chat)) === 'never'
  if (isSilent) return undefined
  return answerChange(context, parts, (asked, edit) => answerAnew(asked, parts, edit))
}

/** A part of an album that came after the others were asked about; `undefined` for any other message. */
async function joinAlbum(context: MessageContext, parts: ChatbotParts): Promise<PluginResult | undefined> {
  if (context.message.albumId === undefined) return undefined
  return answerChange(context, parts, (asked, edit) => answerAnew(asked, parts, edit))
}

async function answerAnew(asked: MessageContext, parts: ChatbotParts, edit?: Edit): Promise<PluginResult> {
  const asking = edit ? { edit } : { isLatePart: true }
  const result = await tryAnswer(typedWords(asked.message.text, asked), asked, parts, asking)
  return edit ? replacing(result, edit.messageId) : result
}

/** Answers a message, or says why it cannot be answered now. */
async function tryAnswer(
  text: string,
  context: MessageContext,
  parts: ChatbotParts,
  asking: Omit<Asking, 'answer'> = {},
): Promise<PluginResult> {
  const running = parts.running.begin(context)
  try {
    return await answerMessage(text, context, parts, { ...asking, answer: running })
  } catch (error) {
    running.end()
    const friendly = friendlyError(error, context)
    if (friendly === undefined || context.signal.aborted) throw error
    parts.services.captureException(error, { chat: context.chat.id })
    return mayPass(error) ? parts.retries.offer(friendly, text, context) : { success: false, error: friendly }
  }
}

async function answerMessage(
  text: string,
  context: MessageContext,
  parts: ChatbotParts,
  asking: Asking,
): Promise<PluginResult> {
  const { config, services } = parts
  const read = await readAttachments(context, services)
  const { origin } = context.message
  const words = [text, read.spoken ?? ''].filter((part) => part !== '')
  // typed words and a voice message are the user's own, unless they come from elsewhere
  const own = origin === undefined ? words : []
  const foreign = [
    ...(origin !== undefined && words.length > 0 ? [foreignText(origin, words.join('\n'))] : []),
    ...carriedTexts(context),
  ]
  const said = [...own, ...foreign]
  const places = captionPlaces(context.message)
  const isAlone = said.length === 0 && read.texts.length === 0
  if (isAlone && read.files.length === 0) {
    asking.answer.end()
    return { success: true, response: read.problem ?? TEXTS.cannotReadDescribeWhat }
  }
  const question: Question = {
    text: [...said, ...(places === '' ? [] : [places]), ...read.texts].join('\n\n'),
    typed: text,
    files: read.files,
    isAlone,
    remembered: [...said, ...read.remembered].join('\n'),
    isForeign: read.isForeign || origin !== undefined || foreign.length > 0,
    ...(read.unseen.length > 0 && { unseen: attachmentNames(read.unseen) }),
    problem: read.problem,
  }
  const result = await converse(question, context, parts, asking)
  const isToBeSpoken =
    config.spoken_replies === 'always' || (config.spoken_replies === 'to_voice' && read.spoken !== undefined)
  if (!isToBeSpoken || (await services.ai.abilities()).speak === undefined) return result
  return speakAnswer(result, context, services)
}

function isSpoken({ attachments }: MessageContext['message']): boolean {
  return attachments.some(({ kind }) => kind === 'voice')
}
