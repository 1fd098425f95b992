import { definePlugin } from '@pluggram/sdk'
import type { MessageContext, Plugin, PluginDefinition, PluginResult, SetupContext } from '@pluggram/sdk'
import { ChatHistory } from './chat-history.ts'
import type { Recollection } from './chat-history.ts'
import { configuration } from './configuration.ts'
import type { Configuration } from './configuration.ts'
import { friendlyError } from './friendly-error.ts'
import { openAnswer } from './opened-answer.ts'
import type { OpenedAnswer } from './opened-answer.ts'
import { attachmentNames, systemPrompt, userTurn } from './prompt.ts'

const EMPTY_ANSWER = 'The language model had nothing to say. Please try other words.'

/** The conversation: answers what no other plugin took. */
const aiChatbot: PluginDefinition<typeof configuration> = definePlugin({
  name: 'ai_chatbot',
  version: '0.1.0',
  description: 'Talks with you: answers what no other plugin took',
  help: `Write whatever you like: what no other plugin takes is answered by the assistant's language model.

The conversation is remembered per chat (and per topic of a group). In groups, mention the assistant or reply to it.`,
  config: configuration,
  permissions: { ai: true },
  priority: -1_000,
  commands: {
    new: {
      description: 'Start a new conversation',
      examples: ['start a new conversation', 'forget our conversation', 'new chat', 'clear the history'],
    },
  },
  setup: (context) => createChatbot(context),
})
export default aiChatbot

function createChatbot({ config, services }: SetupContext<Configuration>): Plugin {
  const history = new ChatHistory(services.store, config.history_messages)

  async function answer(text: string, context: MessageContext): Promise<PluginResult> {
    const user = userTurn(text, context)
    const recollection = await history.recall(context.chat)
    let opened: OpenedAnswer | undefined
    try {
      opened = await openAnswer(
        services.ai.streamText({
          system: systemPrompt(config.system_prompt, services.assistant, context),
          messages: [...recollection.messages, { role: 'user', content: user }],
          signal: context.signal,
        }),
      )
    } catch (error) {
      const friendly = friendlyError(error)
      if (friendly === undefined || context.signal.aborted) throw error
      services.captureException(error, { chat: context.chat.id })
      return { success: false, error: friendly }
    }
    if (!opened) return { success: false, error: EMPTY_ANSWER }
    return {
      success: true,
      response: { text: write(user, opened, recollection, context), format: 'markdown' },
    }
  }

  /** Passes the answer on as it is written and remembers it afterwards, however far it came. */
  async function* write(
    user: string,
    { opening, rest }: OpenedAnswer,
    { conversationId }: Recollection,
    { chat, signal }: MessageContext,
  ): AsyncGenerator<string> {
    let text = opening
    let isPartial = true
    try {
      yield opening
      for (let next = await rest.next(); !next.done; next = await rest.next()) {
        text += next.value
        yield next.value
      }
      isPartial = false
    } catch (error) {
      if (signal.aborted) throw error
      services.captureException(error, { chat: chat.id })
      // the words that came are worth keeping; say that they are not all
      yield `\n\n⚠️ The answer broke off. ${friendlyError(error) ?? 'Please try again.'}`
    } finally {
      if (isPartial) await rest.return?.()
      await remember(() => history.add(chat, conversationId, { user, assistant: text, isPartial }))
    }
  }

  /** An answer that was given must not turn into an error because it could not be stored. */
  async function remember(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      services.captureException(error, { while: 'storing the conversation' })
    }
  }

  return {
    processMessage: async (message, context) => {
      const { chat, command, user } = context
      if (command?.name === 'new') {
        await history.forget(chat)
        return { success: true, response: 'This is a new conversation: what was said before is forgotten.' }
      }
      if (!context.message.isAddressed || user.isBot) return undefined
      // an unknown command in a group is probably another bot's
      if (command && chat.type !== 'private') return undefined
      const text = message.trim()
      if (text !== '') return answer(text, context)
      const { attachments } = context.message
      if (attachments.length === 0 || chat.type !== 'private') return undefined
      return {
        success: true,
        response: `I cannot look at ${attachmentNames(attachments)} yet, I only read text. Tell me in words what you need.`,
      }
    },
    getStatus: async () => {
      try {
        const { id, isDemo } = await services.ai.model()
        return { status: 'active', model: id, ...(isDemo && { demo: true }) }
      } catch (error) {
        return { status: 'degraded', reason: friendlyError(error) ?? 'The language model is not available.' }
      }
    },
  }
}
