import { definePlugin } from '@pluggram/sdk'

async function* countdown(): AsyncGenerator<string> {
  for (const count of ['3 … ', '2 … ', '1 … ', 'go!']) yield count
}

export default definePlugin({
  name: 'replies',
  commands: {
    menu: {
      description: 'Buttons: data comes back to processMessage, url opens',
      execute: () => ({
        success: true,
        response: {
          text: '**Tea** or coffee?',
          format: 'markdown',
          buttons: [
            [
              { text: 'Tea', data: 'order:tea' },
              { text: 'Coffee', data: 'order:coffee' },
            ],
            [{ text: 'What is tea?', url: 'https://en.wikipedia.org/wiki/Tea' }],
          ],
        },
      }),
    },
    card: {
      description: 'A file made of bytes, with its caption',
      execute: () => ({
        success: true,
        response: {
          text: 'Your card',
          media: { kind: 'document', fileName: 'card.txt', source: new TextEncoder().encode('Hi!') },
        },
      }),
    },
    count: {
      description: 'Text that is shown while it is being written',
      execute: () => ({ success: true, response: countdown() }),
    },
    slow: {
      description: 'A reply on the way, a reaction, then the result',
      async execute(_args, context) {
        await context.react('👀')
        const [sent] = await context.reply('Working on it …')
        return { success: true, response: sent ? { text: 'Done.', editMessageId: sent.id } : 'Done.' }
      },
    },
  },
  setup: () => ({
    processMessage(message, { callback }) {
      if (!callback) return undefined
      return { success: true, response: `One ${message.replace('order:', '')}, coming up.` }
    },
  }),
})
