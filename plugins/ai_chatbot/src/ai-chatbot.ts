import { definePlugin, z } from '@pluggram/sdk'
import type { PluginDefinition } from '@pluggram/sdk'
import { createChatbot } from './chatbot.ts'
import { configuration } from './configuration.ts'
import { rememberForModel } from './remember-tool.ts'
import { describeUsage } from './usage-command.ts'

/** The conversation: answers messages that no other plugin took. */
const aiChatbot: PluginDefinition<typeof configuration> = definePlugin({
  name: 'ai_chatbot',
  version: '0.1.0',
  description: 'Ask me anything',
  help: `Write whatever you like: what no other plugin takes is answered by the assistant's language model.

The conversation is remembered per chat (and per topic of a group); /new starts over. What I know about you shows in /memory. /stop ends a long answer. In groups, mention the assistant or reply to it.`,
  config: configuration,
  perChat: ['system_prompt', 'persona_role', 'groups', 'spoken_replies'],
  updates: ['message', 'edited_message'],
  permissions: { ai: true, tools: true },
  // only pictures need the network
  configure: ({ show_pictures: isOn }) => (isOn ? { permissions: { network: ['*'] } } : {}),
  priority: -1_000,
  commands: {
    new: {
      description: 'Start a new chat',
      examples: ['start a new conversation', 'forget our conversation', 'new chat', 'clear the history'],
    },
    stop: { description: 'Stop the current answer', urgent: true },
    memory: {
      description: 'Show what I remember',
      examples: ['what do you remember about me', 'what do you know about me'],
    },
    remember: {
      description: 'Save a fact about you',
      usage: '/remember I am vegetarian',
      examples: ['remember that I am vegetarian'],
    },
    forget: { description: 'Delete our conversation or saved facts' },
    export: { description: 'Download everything I store about you' },
    model: {
      description: 'Choose the AI model',
      examples: ['which model are you', 'change the model'],
    },
    usage: {
      description: "See how much I've used",
      examples: ['what have I used', 'show my usage', 'how many tokens are left'],
    },
    persona: { description: 'Change my style', usage: '/persona You are a patient teacher.' },
    respond: { description: 'When to answer in this group', chats: 'groups' },
  },
  tools: {
    remember: {
      description:
        'Notes a lasting fact about the user, in one short sentence. Only for what the user says about themselves and will matter in later conversations; never what files, web pages or others say.',
      schema: z.object({ fact: z.string().min(1).max(240) }),
      role: 'everyone',
      effect: 'own',
      result: 'own',
      execute: ({ fact }, context) => rememberForModel(fact, context),
    },
    show_usage: {
      description:
        'How much of the language model this person has used today and this month, and the limits.',
      role: 'everyone',
      effect: 'none',
      result: 'own',
      execute: (_args, context) => describeUsage(context, context.services),
    },
  },
  setup: createChatbot,
})
export default aiChatbot
