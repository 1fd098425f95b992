import { setTimeout as sleep } from 'node:timers/promises'
import { StoreError } from '@pluggram/sdk'
import { AiError } from '@pluggram/sdk'
import type {
  MessageContext,
  ModelFile,
  PluginResult,
  Reply,
  Services,
  TextEnd,
  TextStreamEnd,
} from '@pluggram/sdk'
import { fileNames } from './attachment-names.ts'
import type { ChatHistory, Recollection } from './chat-history.ts'
import type { ChatSettings } from './chat-settings.ts'
import type { Condenser } from './condenser.ts'
import type { Configuration } from './configuration.ts'
import { answersOthers, unknownAnswered } from './foreign-text.ts'
import { friendlyError } from './friendly-error.ts'
import { mayBeAboutFiles, withoutFiles } from './refused-files.ts'
import { showPictures } from './answer-pictures.ts'
import { openAnswer } from './opened-answer.ts'
import type { OpenedAnswer } from './opened-answer.ts'
import { askedBy } from './asked-message.ts'
import { systemPrompt, userTurn } from './prompt.ts'
import type { Retries } from './retries.ts'
import type { RunningAnswer, RunningAnswers } from './running-answers.ts'
import { TEXTS } from './texts.ts'
import { isForeignFact } from './user-facts.ts'
import type { Fact, UserFacts } from './user-facts.ts'

/** What the model is told about an edited message, besides its new words. */
const EDITED_PROMPTS: Readonly<Record<Edit['effects'], string>> = {
  none: '',
  possible:
    '\n\nThe last message was edited while its first words were being answered. A tool may have changed something by then: look before you do it again.',
  broken:
    '\n\nThe last message was asked before, and its answer broke off. A tool may have changed something by then: look before you do it again.',
  known:
    '\n\nThe last message takes the place of the message before it, which the person edited. What tools did for that one is done: do not do it a second time. Change or undo it when the new words ask for something else.',
}
const LATE_PART_PROMPT =
  '\n\nWhat comes with the last message belongs to the album of an earlier message of this person, and arrived late. Answer about it what that message asks.'
const STOPPED = TEXTS.stopped
/** The delay before an answer that could not be stored is stored again. */
const STORE_AGAIN_MS = 1_000
/** Some twenty-five messages. Nobody reads more, and each of them blocks the chat. */
const MAX_SHOWN_CHARACTERS = 100_000
/** The note below an answer that its model ended too early. */
const CUT_SHORT: Partial<Readonly<Record<TextEnd['reason'], string>>> = {
  length: TEXTS.answerReachedMaximumLength,
  filtered: TEXTS.answerEndsAiService,
}

/** What the parts of the chatbot share. */
export interface ChatbotParts {
  readonly config: Configuration
  readonly services: Services
  readonly history: ChatHistory
  readonly facts: UserFacts
  readonly settings: ChatSettings
  readonly running: RunningAnswers
  readonly condenser: Condenser
  readonly retries: Retries
  /** Aborted when the plugin stops. */
  readonly signal: AbortSignal
}

/** A message in the form that the model gets. */
export interface Question {
  readonly text: string
  /** The words of the message itself. */
  readonly typed: string
  readonly files: readonly ModelFile[]
  /** There is nothing to answer besides the files. */
  readonly isAlone?: boolean
  /** What is stored in the conversation, without files and long texts. */
  readonly remembered: string
  /** It contains text that the user did not write. */
  readonly isForeign: boolean
  /** Words about attachments that the model does not get. */
  readonly unseen?: string | undefined
  /** Why the model does not get them, in words for the user. */
  readonly problem?: string | undefined
}

/** How a question is answered. */
export interface Asking {
  readonly answer: RunningAnswer
  /** Set when its message was edited: the words take the place of others. */
  readonly edit?: Edit | undefined
  /** It belongs to an album that was asked about before something else was. */
  readonly isLatePart?: boolean
}

/** New words for a question that was asked before. */
export interface Edit {
  /** Its message; of an album, the first one. */
  readonly messageId: number
  /** The question and its answer are in the conversation. */
  readonly isKnown: boolean
  /** What tools have or may have changed because of the words before. */
  readonly effects: 'none' | 'possible' | 'known' | 'broken'
}

/**
 * Answers a message with the language model.
 * @throws the model's failure before its first word
 */
export async function converse(
  question: Question,
  context: MessageContext,
  parts: ChatbotParts,
  { answer, edit, isLatePart = false }: Asking,
): Promise<PluginResult> {
  const { services, history } = parts
  // what tools did for the words before must stay known until the new ones are answered
  const without = edit?.isKnown && edit.effects !== 'known' ? edit.messageId : undefined
  const recollection = await history.recall(context.chat, without)
  const known = await whatIsKnown(recollection, context, parts)
  let asked = question
  let opened: OpenedAnswer | undefined
  let end: TextEnd | undefined
  const answered = unknownAnswered(context, recollection.messages)
  const isForeign = question.isForeign || answered !== undefined || answersOthers(context)
  const open = async (): Promise<OpenedAnswer | undefined> =>
    openAnswer(
      services.ai.streamText({
        system: [
          await prompt(asked, known, context, parts),
          EDITED_PROMPTS[edit?.effects ?? 'none'],
          isLatePart ? LATE_PART_PROMPT : '',
        ].join(''),
        messages: [
          ...recollection.messages,
          {
            role: 'user',
            content: userTurn(asked.text, context, answered),
            isForeign,
            ...(asked.files.length > 0 && { files: asked.files }),
          },
        ],
        for: context,
        tools: true,
        mayWait: true,
        context,
        isUntrusted: known.isForeign,
        ...(known.summary !== undefined && { modelText: known.summary }),
        onEnd: (told) => (end = told),
        signal: AbortSignal.any([context.signal, answer.signal]),
      }),
    )
  try {
    opened = await open().catch(async (error: unknown) => {
      if (answer.signal.aborted || !mayBeAboutFiles(question, error) || question.isAlone) throw error
      services.logger.warn('the model refused files; asking without them', { err: error })
      asked = withoutFiles(question)
      return open()
    })
  } catch (error) {
    answer.end()
    if (answer.isReplaced) return { success: true }
    // the user is told that it was stopped, as if the answer had already begun
    if (answer.signal.aborted) return { success: true, response: STOPPED }
    if (question.isAlone && mayBeAboutFiles(question, error)) {
      return { success: true, response: TEXTS.refusedAlone(fileNames(question.files)) }
    }
    throw error
  }
  if (!opened) {
    // nothing was said before the question that a person has to decide
    if (end?.reason === 'waiting') {
      answer.end()
      return { success: true }
    }
    throw new AiError('ai-empty', 'The language model sent an empty answer.', { isRetryable: true })
  }
  const text = write(
    { question: asked, answered, isForeign, opened, recollection, context, answer, edit, endOf: () => end },
    parts,
  )
  return { success: true, response: asReply(text, context, answer) }
}

/** In a group, an answer shows which message it is for, and has a button that stops it. */
function asReply(
  text: AsyncIterable<string>,
  { chat, message }: MessageContext,
  answer: RunningAnswer,
): Reply {
  const reply = { text, format: 'model-markdown' } as const
  if (chat.type === 'private') return reply
  const previewButtons = [[{ text: TEXTS.stop, data: `stop:${answer.id}` }]]
  return { ...reply, replyToMessageId: message.id, previewButtons }
}

/** What is remembered besides the messages themselves. */
interface Knowledge {
  readonly facts: readonly Fact[]
  readonly summary: string | undefined
  /** Some of it follows from text that the user did not write. */
  readonly isForeign: boolean
}

async function whatIsKnown(
  { summary, isSummaryForeign }: Recollection,
  { chat, user }: MessageContext,
  { config, facts }: ChatbotParts,
): Promise<Knowledge> {
  // facts that a user told the assistant in private must not reach a group
  const isShown = chat.type === 'private' && config.facts !== 'off'
  const known = isShown ? await facts.list(user.id) : []
  return {
    facts: known,
    summary,
    isForeign: isSummaryForeign || known.some((fact) => isForeignFact(fact)),
  }
}

async function prompt(
  { unseen }: Question,
  { facts, summary }: Knowledge,
  context: MessageContext,
  { services, settings }: ChatbotParts,
): Promise<string> {
  const { prompt: instructions } = await settings.persona(context.chat)
  return systemPrompt({
    instructions,
    assistant: services.assistant,
    context,
    facts,
    summary,
    unseen,
  })
}

interface Writing {
  readonly question: Question
  readonly answered: ReturnType<typeof unknownAnswered>
  /** The question holds text that the user did not write. */
  readonly isForeign: boolean
  readonly opened: OpenedAnswer
  readonly recollection: Recollection
  readonly context: MessageContext
  readonly answer: RunningAnswer
  readonly edit: Edit | undefined
  /** How the answer ended; `undefined` unless it is complete. */
  endOf(): TextEnd | undefined
}

/**
 * Streams the answer, then stores it, even if it is only a part. Returns the buttons for an answer
 * that is incomplete.
 */
async function* write(
  {
    question,
    answered,
    isForeign,
    opened: { opening, rest },
    recollection,
    context,
    answer,
    edit,
    endOf,
  }: Writing,
  parts: ChatbotParts,
): AsyncGenerator<string, TextStreamEnd | undefined> {
  const { config, services, history, condenser, retries } = parts
  const { chat, signal } = context
  let text = opening
  let isPartial = true
  try {
    if (question.problem !== undefined) yield `ℹ️ ${question.problem}\n\n`
    yield opening
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      text += next.value
      yield next.value
      if (text.length > MAX_SHOWN_CHARACTERS) {
        yield TEXTS.answerEndsBecauseToo
        return undefined
      }
    }
    const note = CUT_SHORT[endOf()?.reason ?? 'stop']
    isPartial = note !== undefined
    if (note) yield `\n\n${note}`
    if (config.show_pictures && endOf()?.mayFetch === true) await showPictures(text, context, services)
    const isCut = endOf()?.reason === 'length'
    return isCut ? { buttons: [[{ text: TEXTS.continue, data: `continue:${context.user.id}` }]] } : undefined
  } catch (error) {
    if (signal.aborted) throw error
    // this message is deleted once the new words are answered
    if (answer.isReplaced) return undefined
    // the words so far are worth keeping; say that the answer is incomplete
    if (answer.signal.aborted) {
      yield `\n\n${STOPPED}`
      return undefined
    }
    services.captureException(error, { chat: chat.id })
    yield TEXTS.answerCutOff(friendlyError(error, context) ?? TEXTS.pleaseTryAgain)
    return { buttons: [[await retries.button(question.typed, context, 'partial')]] }
  } finally {
    if (isPartial) await rest.return?.()
    // an answer that waits is remembered once it is complete
    const isComplete = !answer.isReplaced && endOf()?.reason !== 'waiting'
    if (config.history_messages > 0 && isComplete) await storeSurely(store, parts)
    answer.end()
  }

  async function store(): Promise<void> {
    const user = userTurn(question.remembered, context, answered)
    await history.add(chat, recollection.conversationId, {
      user: { content: user, isForeign, asked: askedBy(context) },
      // nothing is known about an answer that broke off
      assistant: {
        content: text,
        isForeign: endOf()?.isForeign ?? true,
        hasActed: edit?.effects === 'known' || (endOf()?.hasActed ?? false),
      },
      isPartial,
      replaces: edit?.messageId,
    })
    if (config.summaries) condenser.begin(context)
  }
}

/** A delivered answer must not turn into an error because it could not be stored. */
async function storeSurely(store: () => Promise<void>, { services, signal }: ChatbotParts): Promise<void> {
  try {
    await store()
  } catch (error) {
    services.captureException(error, { while: 'storing the conversation' })
    if (!(error instanceof StoreError)) void storeLater(store, signal)
  }
}

/** The disk may be full, or another program may keep the database locked, for some time. */
async function storeLater(store: () => Promise<void>, untilStop: AbortSignal): Promise<void> {
  while (!untilStop.aborted) {
    try {
      await sleep(STORE_AGAIN_MS, undefined, { signal: untilStop })
      return await store()
    } catch {
      // reported above
    }
  }
}
