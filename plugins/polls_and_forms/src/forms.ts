import { refusalFor } from '@pluggram/sdk'
import type { MessageContext, PluginResult, Reply, Services } from '@pluggram/sdk'
import { AnswerError } from './answer.ts'
import { toCsv, toJson } from './export-answers.ts'
import type { Configuration, Form } from './form-definition.ts'
import {
  answerQuestion,
  answersByKey,
  choiceOf,
  openQuestion,
  renderAnswered,
  renderStep,
  sessionSchema,
  skipQuestion,
} from './form-session.ts'
import type { Session } from './form-session.ts'
import { Submissions } from './submissions.ts'
import { TEXTS } from './texts.ts'

/** A form that was started and not sent is forgotten after a day. */
const SESSION_SECONDS = 86_400
const GONE = TEXTS.noFormOpenStart

/** Asks the questions of the owner's forms in private chats, one by one. */
export class Forms {
  readonly #forms: Configuration['forms']
  readonly #store: Services['store']
  readonly #submissions: Submissions

  constructor(config: Configuration, store: Services['store']) {
    this.#forms = config.forms
    this.#store = store
    this.#submissions = new Submissions(store, config.keep_answers_days)
  }

  /** `/form`, `/form NAME`, and the owner's `/form export NAME csv`. */
  async command(args: string, context: MessageContext): Promise<PluginResult> {
    const [word = '', name = '', kind = 'csv'] = args.toLowerCase().split(/\s+/)
    if (name !== '' && ['export', 'clear'].includes(word)) return this.#manage(word, name, kind, context)
    if (word === 'cancel') return this.#cancel(context)
    return this.open(word, context)
  }

  /** Begins a form, or lists all of them. */
  async open(name: string, context: MessageContext): Promise<PluginResult> {
    if (name === '') return this.#list()
    if (!this.#forms[name]) return { success: false, error: TEXTS.noFormFormLists(name) }
    return this.#begin(name, context)
  }

  /** A text in a chat; `undefined` if no form is open there. */
  async answer(message: string, context: MessageContext): Promise<PluginResult | undefined> {
    const { chat, command } = context
    const isCancel = command?.name === 'cancel'
    if (chat.type !== 'private' || (command && !isCancel)) return undefined
    const open = await this.#open(context)
    if (!open) return undefined
    if (isCancel) return this.#cancel(context)
    return this.#step(open.form, answerQuestion(open.form, open.session, message), context)
  }

  /** A pressed button; `undefined` if it does not belong to a form. */
  async press(data: string, context: MessageContext): Promise<PluginResult | undefined> {
    const [kind, action = '', first = '', second = ''] = data.split(':')
    if (kind !== 'form') return undefined
    if (action === 'begin') return this.#begin(first, context)
    if (action === 'cancel') return this.#cancel(context, context.message.id)
    const open = await this.#open(context)
    if (!open) return { success: false, error: GONE }
    const { form, session } = open
    if (action === 'again') return this.#begin(session.form, context)
    if (action === 'send') return this.#send(form, session, context)
    if (action === 'skip') {
      if (Number(first) !== session.answers.length + 1) return { success: true }
      return this.#chosen(form, skipQuestion(form, session), context)
    }
    const written = choiceOf(form, session, Number(first), Number(second))
    // the button belongs to a question that is already answered
    if (written === undefined) return { success: true }
    return this.#chosen(form, answerQuestion(form, session, written), context)
  }

  #list(): PluginResult {
    const forms = Object.entries(this.#forms)
    if (forms.length === 0) return { success: true, response: TEXTS.noFormsYetOwner }
    const response: Reply = {
      text: TEXTS.whichForm,
      buttons: forms.map(([name, { title }]) => [{ text: title, data: `form:begin:${name}` }]),
    }
    return { success: true, response }
  }

  async #begin(name: string, context: MessageContext): Promise<PluginResult> {
    const form = this.#forms[name]
    if (!form) return { success: false, error: GONE }
    if (context.chat.type !== 'private') {
      return {
        success: false,
        error: TEXTS.answersPrivateSendForm(name),
      }
    }
    if (form.once && (await this.#store.get(`done:${name}:${context.user.id}`)) !== undefined) {
      return { success: false, error: TEXTS.haveAlreadySentForm }
    }
    return this.#step(form, { form: name, answers: [] }, context)
  }

  async #step(
    form: Form,
    session: Session,
    context: MessageContext,
  ): Promise<{ success: true; response: Reply }> {
    await this.#store.set(sessionKey(context), session, { ttlSeconds: SESSION_SECONDS })
    return { success: true, response: renderStep(form, session) }
  }

  /** The question with the choice instead of its buttons, then the next step. */
  async #chosen(form: Form, session: Session, context: MessageContext): Promise<PluginResult> {
    const { response } = await this.#step(form, session, context)
    const answered: Reply = { text: renderAnswered(form, session), editMessageId: context.message.id }
    return { success: true, response: [answered, response] }
  }

  async #send(form: Form, session: Session, context: MessageContext): Promise<PluginResult> {
    const { user, message } = context
    if (openQuestion(form, session)) throw new AnswerError(TEXTS.someQuestionsStillOpen)
    // only the call that deletes the session may send it, so two quick taps send once
    if (!(await this.#store.delete(sessionKey(context)))) return { success: true }
    await this.#submissions.add(session.form, {
      sentAt: new Date().toISOString(),
      userId: user.id,
      name: [user.firstName, user.lastName].filter(Boolean).join(' '),
      answers: answersByKey(form, session),
    })
    if (form.once) await this.#store.set(`done:${session.form}:${user.id}`, true)
    return { success: true, response: { text: form.thanks, editMessageId: message.id } }
  }

  /** @param editMessageId the message whose button was pressed */
  async #cancel(context: MessageContext, editMessageId?: number): Promise<PluginResult> {
    const wasOpen = await this.#store.delete(sessionKey(context))
    if (!wasOpen) return { success: false, error: GONE }
    const text = TEXTS.cancelledNothingSaved
    return {
      success: true,
      response: editMessageId === undefined ? { text } : { text, editMessageId },
    }
  }

  async #manage(
    action: string,
    name: string,
    kind: string,
    { chat, role }: MessageContext,
  ): Promise<PluginResult> {
    const form = this.#forms[name]
    if (role !== 'owner') return { success: false, error: refusalFor('owner') }
    if (!form) return { success: false, error: TEXTS.noFormFormLists(name) }
    // answers are shown to the owner, not to a group
    if (chat.type !== 'private') return { success: false, error: TEXTS.onlyShowAnswersOur }
    if (action === 'clear') {
      return {
        success: true,
        response: TEXTS.deleted(await this.#submissions.clear(name), form.title),
      }
    }
    const sent = await this.#submissions.of(name)
    const isJson = kind === 'json'
    const text = isJson ? toJson(sent) : toCsv(form, sent)
    return {
      success: true,
      response: {
        text: `${form.title}: ${sent.length} ${sent.length === 1 ? 'answer' : 'answers'}`,
        media: {
          kind: 'document',
          fileName: `${name}.${isJson ? 'json' : 'csv'}`,
          source: new TextEncoder().encode(text),
        },
      },
    }
  }

  async #open(context: MessageContext): Promise<{ form: Form; session: Session } | undefined> {
    const { data: session } = sessionSchema.safeParse(await this.#store.get(sessionKey(context)))
    const form = session && this.#forms[session.form]
    if (!form || session.answers.length > form.questions.length) return undefined
    return { form, session }
  }
}

function sessionKey({ chat, user }: MessageContext): string {
  return `filling:${chat.id}:${user.id}`
}
