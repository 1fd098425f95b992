import { definePlugin } from '@pluggram/sdk'
import type { MessageContext, Plugin, PluginDefinition, PluginResult, SetupContext } from '@pluggram/sdk'
import { configuration } from './configuration.ts'
import type { Configuration } from './configuration.ts'
import { findLanguage, parseRequest, parseSpoken } from './language.ts'
import type { Language } from './language.ts'
import { createTranslator, TranslationError } from './translator.ts'

const ROLES = ['everyone', 'trusted', 'owner'] as const

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
      examples: [
        'translate good morning to german',
        'what does this mean in english',
        'translate this message',
      ],
    },
  },
  setup: (context) => createPlugin(context),
})
export default translate

type Context = MessageContext<Configuration>

function createPlugin({ services }: SetupContext<Configuration>): Plugin<Configuration> {
  const translator = createTranslator(services.ai)
  const autoKey = ({ chat }: Context): string => `auto:${chat.id}:${chat.topicId ?? 0}`

  async function asked(args: string, context: Context): Promise<PluginResult> {
    const auto = /^auto(?:\s+([^]*))?$/i.exec(args)
    if (auto) return switchAuto(auto[1]?.trim() ?? '', context)
    const { language = languageOf(context), text } = parseRequest(args)
    const source = text || context.message.replyTo?.text || ''
    if (source === '') return { success: true, response: { text: USAGE, format: 'markdown' } }
    const translation = await translator.translate(source, language, context)
    return { success: true, response: translation ?? `That is already ${language.name}.` }
  }

  async function switchAuto(wanted: string, context: Context): Promise<PluginResult> {
    const key = autoKey(context)
    const isAllowed = ROLES.indexOf(context.role) >= ROLES.indexOf(context.config.auto_in_groups)
    if (context.chat.type !== 'private' && !isAllowed) {
      return {
        success: false,
        error: `In a group, only people with the role “${context.config.auto_in_groups}” can do that.`,
      }
    }
    if (/^(?:off|stop|no)$/i.test(wanted)) {
      const wasOn = await services.store.delete(key)
      return {
        success: true,
        response: wasOn ? 'I no longer translate messages here.' : 'It was already off.',
      }
    }
    const language = wanted === '' ? languageOf(context) : findLanguage(wanted.replace(/^to\s+/i, ''))
    if (!language) return { success: false, error: "I don't know that language. Try /translate auto german." }
    await translator.check(context)
    await services.store.set(key, language.code)
    return {
      success: true,
      response: `I'll translate messages in other languages into ${language.name}. Stop with /translate auto off.`,
    }
  }

  /** “Translate good morning to German”, as the whole message. */
  async function spoken(message: string, context: Context): Promise<PluginResult | undefined> {
    if (context.callback || context.command || context.user.isBot) return undefined
    if (context.chat.type !== 'private' && !context.message.isAddressed) return undefined
    const request = parseSpoken(message)
    const source = request?.text || context.message.replyTo?.text
    if (!request || !source) return undefined
    const translation = await translator.translate(source, request.language, context)
    return { success: true, response: translation ?? `That is already ${request.language.name}.` }
  }

  /** A message in a chat where everything is translated. */
  async function overheard(message: string, context: Context): Promise<PluginResult | undefined> {
    const isForUs = context.chat.type !== 'private' && context.message.isAddressed
    if (context.callback || context.command || context.user.isBot || isForUs || !/\p{L}/u.test(message))
      return undefined
    const code = await services.store.get(autoKey(context))
    const language = typeof code === 'string' ? findLanguage(code) : undefined
    if (!language || message.length > context.config.max_characters) return undefined
    const translation = await translator.translate(message, language, context)
    if (translation === undefined) return undefined
    return {
      success: true,
      response: { text: translation, replyToMessageId: context.message.id, silent: true },
    }
  }

  return {
    async processMessage(message, context) {
      try {
        return context.command?.name === 'translate'
          ? await asked(context.command.args, context)
          : ((await spoken(message, context)) ?? (await overheard(message, context)))
      } catch (error) {
        if (!(error instanceof TranslationError)) throw error
        if (error.cause !== undefined) services.captureException(error.cause, { chat: context.chat.id })
        return { success: false, error: error.message }
      }
    },
    async getStatus() {
      const { id, isDemo } = await services.ai.model()
      return isDemo
        ? { status: 'waiting', reason: 'the demo model cannot translate' }
        : { status: 'active', model: id }
    },
  }
}

/** The owner's choice for this chat or for all chats, else the language of the user's app. */
function languageOf({ user, config }: Context): Language {
  const own = config.language ?? user.languageCode
  return (
    (own === undefined ? undefined : findLanguage(own)) ??
    findLanguage(config.default_language) ?? { code: 'en', name: 'English' }
  )
}
