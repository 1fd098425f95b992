import type { MessageContext, Plugin, PluginResult, SetupContext } from '@pluggram/sdk'
import { attachmentNames } from './attachment-names.ts'
import { ChatHistory } from './chat-history.ts'
import { ChatSettings } from './chat-settings.ts'
import { Condenser } from './condenser.ts'
import type { Configuration } from './configuration.ts'
import { converse } from './conversation.ts'
import type { ChatbotParts } from './conversation.ts'
import { friendlyError } from './friendly-error.ts'
import {
  exportCommand,
  forgetCommand,
  forgetPress,
  memoryCommand,
  memoryPress,
  newCommand,
  rememberCommand,
} from './memory-commands.ts'
import { personaCommand, personaPress, respondCommand } from './persona-command.ts'
import { RunningAnswers } from './running-answers.ts'
import { stopResult } from './stop-command.ts'
import { UserFacts } from './user-facts.ts'

/** Puts the conversation together: what is a command, what is a button, what is for the model. */
export function createChatbot({ config, services, signal }: SetupContext<Configuration>): Plugin {
  const history = new ChatHistory(services.store, {
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
  }
  return {
    async processMessage(message, context) {
      if (context.callback) return press(context.callback.data, context, parts)
      return (await runCommand(context, parts)) ?? answer(message.trim(), context, parts)
    },
    async getStatus() {
      try {
        const { id, isDemo } = await services.ai.model()
        return { status: 'active', model: id, ...(isDemo && { demo: true }) }
      } catch (error) {
        return { status: 'degraded', reason: friendlyError(error) ?? 'The language model is not available.' }
      }
    },
    async cleanup() {
      await parts.condenser.whenIdle()
    },
  }
}

/** `undefined` when it is no command of ours. */
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
      const outcome = parts.running.stop(rest[0] ?? '', context)
      // the answer under the button shows that it was stopped; one that ended already has lost its button
      return outcome === 'theirs' ? stopResult(outcome) : { success: true }
    }
    case 'forget':
      return forgetPress(rest[0] ?? '', context, parts)
    case 'memory':
      return memoryPress(rest, context, parts)
    case 'persona':
      return personaPress(rest[0] ?? '', context, parts)
    default:
      return { success: false, error: 'That button is from an older version. Please send the command again.' }
  }
}

async function answer(
  text: string,
  context: MessageContext,
  parts: ChatbotParts,
): Promise<PluginResult | undefined> {
  const { chat, command, user, message } = context
  // two bots that answer each other would never end
  if (user.isBot) return undefined
  if (chat.type !== 'private') {
    // an unknown command in a group is probably another bot's
    if (command) return undefined
    const mode = await parts.settings.respond(chat)
    if (mode === 'never' || (mode === 'when_addressed' && !message.isAddressed)) return undefined
  }
  const { attachments } = message
  if (text === '') {
    if (attachments.length === 0 || chat.type !== 'private') return undefined
    return {
      success: true,
      response: `I cannot look at ${attachmentNames(attachments)} yet, I only read text. Tell me in words what you need.`,
    }
  }
  const unseen = attachments.length > 0 ? attachmentNames(attachments) : undefined
  return converse({ text, files: [], remembered: text, unseen }, context, parts)
}
