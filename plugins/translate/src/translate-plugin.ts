import { definePlugin, hasRole, refusalFor } from '@pluggram/sdk'
import type {
  MessageContext,
  Plugin,
  PluginDefinition,
  PluginResult,
  PluginStatus,
  Services,
  SetupContext,
} from '@pluggram/sdk'
import { configuration } from './configuration.ts'
import type { Configuration } from './configuration.ts'
import { findLanguage, parseRequest, parseSpoken } from './language.ts'
import type { Language } from './language.ts'
import { TEXTS } from './texts.ts'
import { translateForModel, translateSchema } from './translate-tool.ts'
import { createTranslator, TranslationError } from './translator.ts'

const USAGE = [
  'Write `/translate german Good morning` or `translate good morning to german`, or reply to a message with `/translate german`.',
  '`/translate auto german` translates every new message in this chat. `/translate auto off` stops that.',
].join('\n')

/** Translates texts, replied-to messages, or everything in a chat. */
const translate: PluginDefinition<typeof configuration> = definePlugin({
  name: 'translate',
  version: '0.1.0',
  description: 'Translates text and messages',
  help: `${USAGE}\n\nIf you name no language, I use your app's. Name it or use its tag: \`german\`, \`deutsch\`, \`de\`, \`pt-BR\`.`,
  config: configuration,
  perChat: ['language', 'max_characters', 'auto_in_groups'],
  permissions: { ai: true },
  priority: 20,
  commands: {
    translate: {
      description: 'Translate a text, or the message you reply to',
      usage: '/translate german Good morning',
      examples: ['translate good morning to german', 'say this in english', 'translate this message'],
    },
  },
  tools: {
    translate: {
      description: 'Translates a text into a language.',
      schema: translateSchema,
      role: 'everyone',
      effect: 'none',
      result: 'own',
      execute: (args, context) => translateForModel(args, context),
    },
  },
  setup: (context) => new Translate(context),
})
export default translate

type Context = MessageContext<Configuration>

class Translate implements Plugin<Configuration> {
  readonly #services: Services
  readonly #translator: ReturnType<typeof createTranslator>

  constructor({ services }: SetupContext<Configuration>) {
    this.#services = services
    this.#translator = createTranslator(services.ai)
  }

  async processMessage(message: string, context: Context): Promise<PluginResult | undefined> {
    try {
      return context.command?.name === 'translate'
        ? await this.#asked(context.command.args, context)
        : ((await this.#spoken(message, context)) ?? (await this.#overheard(message, context)))
    } catch (error) {
      if (!(error instanceof TranslationError)) throw error
      if (error.cause !== undefined) this.#services.captureException(error.cause, { chat: context.chat.id })
      return { success: false, error: error.message }
    }
  }

  async getStatus(): Promise<PluginStatus> {
    const { id, isDemo } = await this.#services.ai.model()
    return isDemo
      ? { status: 'waiting', reason: 'the demo model cannot translate' }
      : { status: 'active', model: id }
  }

  async #asked(args: string, context: Context): Promise<PluginResult> {
    const auto = /^auto(?:\s+([^]*))?$/i.exec(args)
    if (auto) return this.#switchAuto(auto[1]?.trim() ?? '', context)
    const { language = languageOf(context), text } = parseRequest(args)
    const source = text || context.message.replyTo?.text || ''
    if (source === '') return { success: true, response: { text: USAGE, format: 'markdown' } }
    const translation = await this.#translator.translate(source, language, context)
    return { success: true, response: translation ?? TEXTS.already(language.name) }
  }

  async #switchAuto(wanted: string, context: Context): Promise<PluginResult> {
    const key = autoKey(context)
    const isAllowed = hasRole(context.role, context.config.auto_in_groups)
    if (context.chat.type !== 'private' && !isAllowed) {
      return {
        success: false,
        error: refusalFor(context.config.auto_in_groups, 'groups'),
      }
    }
    if (/^(?:off|stop|no)$/i.test(wanted)) {
      const wasOn = await this.#services.store.delete(key)
      return {
        success: true,
        response: wasOn ? TEXTS.stopped : TEXTS.alreadyOff,
      }
    }
    const language = wanted === '' ? languageOf(context) : findLanguage(wanted.replace(/^to\s+/i, ''))
    if (!language) return { success: false, error: TEXTS.dontKnowLanguageTry }
    await this.#translator.check(context)
    await this.#services.store.set(key, language.code)
    return {
      success: true,
      response: TEXTS.willTranslate(language.name),
    }
  }

  /** “Translate good morning to German”, as the whole message. */
  async #spoken(message: string, context: Context): Promise<PluginResult | undefined> {
    if (context.callback || context.command || context.user.isBot) return undefined
    if (context.chat.type !== 'private' && !context.message.isAddressed) return undefined
    const request = parseSpoken(message)
    const source = request?.text || context.message.replyTo?.text
    if (!request || !source) return undefined
    const translation = await this.#translator.translate(source, request.language, context)
    return { success: true, response: translation ?? TEXTS.already(request.language.name) }
  }

  /** A message in a chat where everything is translated. */
  async #overheard(message: string, context: Context): Promise<PluginResult | undefined> {
    const isForUs = context.chat.type !== 'private' && context.message.isAddressed
    if (context.callback || context.command || context.user.isBot || isForUs || !/\p{L}/u.test(message))
      return undefined
    const code = await this.#services.store.get(autoKey(context))
    const language = typeof code === 'string' ? findLanguage(code) : undefined
    if (!language || message.length > context.config.max_characters) return undefined
    const translation = await this.#translator.translate(message, language, context)
    if (translation === undefined) return undefined
    return {
      success: true,
      response: { text: translation, replyToMessageId: context.message.id, silent: true },
    }
  }
}

const autoKey = ({ chat }: Context): string => `auto:${chat.id}:${chat.topicId ?? 0}`

/** The owner's choice for this chat or for all chats, else the language of the user's app. */
function languageOf({ user, config }: Context): Language {
  const own = config.language ?? user.languageCode
  return (
    (own === undefined ? undefined : findLanguage(own)) ??
    findLanguage(config.default_language) ?? { code: 'en', name: 'English' }
  )
}
