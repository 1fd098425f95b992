import { definePlugin } from '@pluggram/sdk'

export default definePlugin({
  name: 'attachments',
  setup: () => ({
    async processMessage(_message, context) {
      const photo = context.message.attachments.find((attachment) => attachment.kind === 'photo')
      if (!photo) return undefined
      const bytes = await context.download(photo)
      return { success: true, response: `${photo.width} × ${photo.height}, ${bytes.byteLength} bytes` }
    },
  }),
})
