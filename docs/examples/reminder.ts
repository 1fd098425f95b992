import { definePlugin } from '@pluggram/sdk'

export default definePlugin({
  name: 'reminder',
  commands: {
    note: {
      description: 'Remember a note for a day; without text: show it',
      async execute(args, { services, chat }) {
        const key = `note:${chat.id}`
        if (args !== '') {
          await services.store.set(key, { text: args }, { ttlSeconds: 86_400 })
          return { success: true, response: 'Noted.' }
        }
        const note = await services.store.get<{ text: string }>(key)
        return { success: true, response: note?.text ?? 'There is no note.' }
      },
    },
  },
  setup({ services }) {
    const connection = new AbortController()
    services.effects.add('connection to the clock', () => connection.abort())
    services.effects.setInterval('count the minutes', 60_000, async () => {
      const minutes = (await services.store.get<number>('minutes')) ?? 0
      await services.store.set('minutes', minutes + 1)
    })
    return {
      getStatus: async () => ({
        status: 'active',
        minutes: (await services.store.get<number>('minutes')) ?? 0,
      }),
    }
  },
})
