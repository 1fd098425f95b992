import { definePlugin } from '@pluggram/sdk'

export default definePlugin({
  name: 'summary',
  permissions: { ai: true },
  commands: {
    summary: {
      description: 'Say in one sentence what a text says',
      execute: (args, context) => ({
        success: true,
        response: context.services.ai.streamText({
          system: 'Say in one sentence what the text of the user says.',
          messages: [{ role: 'user', content: args }],
          for: context,
          signal: context.signal,
        }),
      }),
    },
  },
})
