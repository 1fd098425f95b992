import { definePlugin, z } from '@pluggram/sdk'

const config = z.object({
  server: z.url().default('https://news.example.com').describe('Where the headlines come from.'),
  topic: z.string().min(2).default('world').describe('What they are about.'),
  count: z.int().min(1).max(20).default(5).describe('How many are shown.'),
})

export default definePlugin({
  name: 'headlines',
  description: 'Shows headlines',
  config,
  perChat: ['topic', 'count'],
  permissions: { network: ['*'] },
  commands: {
    headlines: {
      description: 'The latest headlines',
      async execute(_args, { config: { topic, count }, services, signal }) {
        const { server } = services.config.get<z.infer<typeof config>>()
        const response = await services.http.fetch(`${server}/${encodeURIComponent(topic)}.txt`, { signal })
        const lines = (await response.text()).split('\n')
        return { success: true, response: lines.slice(0, count).join('\n') }
      },
    },
  },
  setup({ services }) {
    services.config.onChange<z.infer<typeof config>>(({ server }) => {
      services.logger.info('headlines come from another server now', { server })
    })
    return {
      processMessage: (message, context) =>
        message === 'what is this about?'
          ? { success: true, response: `Here it is about ${context.config.topic}.` }
          : undefined,
    }
  },
})
