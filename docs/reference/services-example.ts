import { definePlugin, definePluginReference, LimitError } from '@pluggram/sdk'

/** What the plugin `geocoder` provides; it would export this reference itself. */
const geocoder = definePluginReference<{ find(place: string): { name: string } }>('geocoder')

export default definePlugin({
  requires: ['geocoder'],
  permissions: { network: ['api.example.com'] },
  setup({ services }) {
    const { cache, captureException, http, i18n, logger, metrics, plugins, queue, rateLimit, store } =
      services
    const lookups = metrics.counter('lookups_total', { help: 'Lookups', labels: ['outcome'] })
    const seconds = metrics.histogram('lookup_seconds', { help: 'How long a lookup took' })
    const work = queue.create('lookups', { concurrency: 2, maxWaiting: 20, timeoutSeconds: 15 })
    let greeting = services.config.get<{ greeting?: string }>().greeting ?? 'Hello'
    services.config.onChange<{ greeting?: string }>((config) => (greeting = config.greeting ?? 'Hello'))

    async function lookUp(place: string): Promise<string> {
      const end = seconds.startTimer()
      try {
        // made once, however many ask for the same place meanwhile
        return await cache.wrap(`weather:${place}`, { ttlSeconds: 600 }, async () => {
          const response = await http.fetch(`https://api.example.com/weather?q=${encodeURIComponent(place)}`)
          return response.text()
        })
      } finally {
        end()
      }
    }

    return {
      async processMessage(message, { chat, user }) {
        if (!message.startsWith('weather ')) return undefined
        try {
          await rateLimit.require(`user:${user.id}`, { points: 5, seconds: 60 })
          const { name } = await plugins.use(geocoder).find(message.slice('weather '.length))
          const weather = await work.add(() => lookUp(name))
          const asked = await store.forChat(chat.id).update<number>('asked', (count = 0) => count + 1)
          lookups.inc({ outcome: 'ok' })
          logger.info('looked up', { asked })
          return { success: true, response: `${greeting}, ${user.firstName}! ${name}: ${weather}` }
        } catch (error) {
          lookups.inc({ outcome: 'failed' })
          if (error instanceof LimitError) return { success: false, error: error.message }
          captureException(error, { during: 'lookup' })
          return { success: false, error: i18n.t('unavailable') }
        }
      },
    }
  },
})
