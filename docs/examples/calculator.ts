import { definePlugin, z } from '@pluggram/sdk'

export default definePlugin({
  name: 'calculator',
  description: 'Adds numbers, and keeps the result',
  tools: {
    add: {
      description: 'Adds two numbers',
      schema: z.object({ a: z.number(), b: z.number() }),
      role: 'everyone',
      effect: 'none',
      execute: ({ a, b }) => ({ sum: a + b }),
    },
    keep: {
      description: 'Keeps a number for this chat, in place of the one kept before',
      schema: z.object({ value: z.number().describe('what to keep') }),
      role: 'trusted',
      effect: 'external',
      async execute({ value }, { chat, services }) {
        await services.store.set(`kept:${chat.id}`, value)
        return 'kept'
      },
    },
  },
})
