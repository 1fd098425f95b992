import { definePlugin } from '@pluggram/sdk'

export default definePlugin({
  name: 'announcer',
  description: 'Brings news to the chats that want them',
  commands: {
    subscribe: {
      description: 'Get the news here',
      async execute(_args, { chat, services }) {
        const chats = (await services.store.get<number[]>('chats')) ?? []
        await services.store.set('chats', [...new Set([...chats, chat.id])])
        return { success: true, response: 'You will hear from me.' }
      },
    },
    announce: {
      description: 'Send news to every chat that subscribed',
      async execute(news, { role, services }) {
        if (role !== 'owner') return { success: false, error: 'Only an owner announces.' }
        const chats = (await services.store.get<number[]>('chats')) ?? []
        for (const chat of chats) await services.telegram.send(chat, news, { broadcast: true })
        return { success: true, response: `On its way to ${chats.length} chats.` }
      },
    },
  },
})
