import { definePlugin } from '@pluggram/sdk'
import type { PluginDefinition, PluginResult } from '@pluggram/sdk'
import { AnswerError } from './answer.ts'
import { configuration } from './form-definition.ts'
import { openFormForModel, openFormSchema } from './form-tool.ts'
import { Forms } from './forms.ts'
import { PollError } from './poll.ts'
import { pollForModel, pollToolSchema } from './poll-tool.ts'
import { Polls } from './polls.ts'

/** Polls with live counts, and forms that ask one question at a time. */
const pollsAndForms: PluginDefinition<typeof configuration> = definePlugin({
  name: 'polls_and_forms',
  version: '0.1.0',
  description: 'Polls with live counts, and forms',
  help: [
    '`/poll Lunch?; Pizza; Soup` asks with buttons: everybody has one vote and can change it; the person who started the poll can end it.',
    '`/form` lists the forms; in private, `/form NAME` asks their questions one by one, and nothing is saved until you send it.',
    'The owner gets the answers with `/form export NAME csv` (or `json`) and deletes them with `/form clear NAME`.',
  ].join('\n\n'),
  config: configuration,
  // an open form must get its answers before the conversation does
  priority: 50,
  commands: {
    poll: {
      description: 'Ask a question with buttons',
      usage: '/poll Lunch?; Pizza; Soup',
      examples: ['start a poll', 'make a vote about lunch', 'ask the group'],
    },
    form: {
      description: 'Fill in a form',
      usage: '/form NAME',
      examples: ['fill in a form', 'which forms are there', 'sign up'],
    },
  },
  tools: {
    make_poll: {
      description: 'Makes a poll in this chat: a question with buttons to vote.',
      schema: pollToolSchema,
      role: 'everyone',
      effect: 'own',
      result: 'own',
      execute: (args, context) => pollForModel(args, context),
    },
    open_form: {
      description: 'Begins a form of the owner (sign up, survey) with this person, or lists the forms.',
      schema: openFormSchema,
      role: 'everyone',
      effect: 'own',
      result: 'own',
      execute: (args, context) => openFormForModel(args, context),
    },
  },
  setup({ config, services }) {
    const polls = new Polls(services.store, config.keep_polls_days)
    const forms = new Forms(config, services.store)
    return {
      async processMessage(message, context): Promise<PluginResult | undefined> {
        const { callback, command } = context
        try {
          if (callback)
            return (await polls.press(callback.data, context)) ?? (await forms.press(callback.data, context))
          if (command?.name === 'poll') return await polls.begin(command.args, context)
          if (command?.name === 'form') return await forms.command(command.args, context)
          return await forms.answer(message, context)
        } catch (error) {
          if (error instanceof PollError || error instanceof AnswerError)
            return { success: false, error: error.message }
          throw error
        }
      },
      getStatus: async () => ({ status: 'active', forms: Object.keys(config.forms).length }),
    }
  },
})
export default pollsAndForms
