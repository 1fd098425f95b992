import { createHome } from '../../support/home.ts'

/**
 * A plugin that can be in every state of the table. It reports to the work server, which decides how
 * long its work takes.
 */
const BENCH = `
import { definePlugin, z } from '@pluggram/sdk'
const tool = (name, config) => ({
  description: 'Posts a parcel', role: 'everyone', effect: 'external',
  schema: z.object({ to: z.string() }),
  async execute({ to }, { services, idempotencyKey }) {
    await report(services, config, name + '/' + to, idempotencyKey)
    return 'a parcel for ' + to
  },
})
const report = async (services, url, path, body = '') =>
  (await services.http.fetch(url + '/' + path, { method: 'POST', body })).text()
export default definePlugin({
  config: z.object({ work_url: z.string(), prefix: z.string() }),
  permissions: { network: ['127.0.0.1'], telegram: ['sendMessage'] },
  commands: { news: { description: 'Sends the news to chats' } },
  tools: { post: tool('post', WORK_URL), order: tool('order', WORK_URL) },
  setup: ({ services, config }) => ({
    async processMessage(text, context) {
      const { command, message, idempotencyKey } = context
      if (command) {
        for (const id of command.args.split(','))
          await services.telegram.send(Number(id), 'news', { broadcast: true, key: idempotencyKey + id })
        return { success: true, response: 'kept' }
      }
      const [file] = message.attachments
      if (file) return { success: true, response: 'got ' + (await context.download(file)).length }
      if (text.startsWith('say ')) return { success: true, response: config.prefix + text.slice(4) }
      if (text.startsWith('work ')) {
        await report(services, config.work_url, text.replace(' ', '/'))
        return { success: true, response: 'worked ' + text.slice(5) }
      }
      if (text !== 'upload') return undefined
      return { success: true, response: { media: { kind: 'document', source: new Uint8Array(300_000), fileName: 'a.bin' } } }
    },
  }),
})
`

/** A plugin with a schedule that runs every two seconds. */
const CLOCK = `
import { definePlugin, z } from '@pluggram/sdk'
export default definePlugin({
  config: z.object({ work_url: z.string() }),
  permissions: { network: ['127.0.0.1'], schedule: true },
  async setup({ services, config }) {
    await services.scheduler.every({ seconds: 2, name: 'tick' }, async ({ slot }) => {
      await (await services.http.fetch(config.work_url + '/tick/' + encodeURIComponent(slot), { method: 'POST' })).text()
    })
    return {}
  },
})
`

export const PREFIX = 'said '

export function benchSettings(workUrl: string, prefix = PREFIX): object {
  return {
    // it has an owner, so that a token that is refused at the start is waited for
    access: { owners: [1], mode: 'everyone' },
    ai: {
      timeouts: { first_token_seconds: 15, between_tokens_seconds: 15, total_seconds: 60 },
      tools: { granted: ['bench.order'], approval_seconds: 7_200 },
      budgets: { overall: { day: { tokens: 10_000_000 } } },
    },
    plugins: {
      bench: { work_url: workUrl, prefix },
      clock: { work_url: workUrl },
      ai_chatbot: { groups: 'always', history_messages: 4 },
      polls_and_forms: {
        forms: { party: { title: 'Party', questions: [{ key: 'name', ask: 'What is your name?' }] } },
      },
    },
  }
}

/** A home for one cell of the table. */
export function createBenchHome(workUrl: string, hasClock: boolean): Promise<string> {
  const network = { network: ['127.0.0.1'] }
  return createHome({
    'plugins/bench.ts': BENCH.replaceAll('WORK_URL', JSON.stringify(workUrl)),
    ...(hasClock && { 'plugins/clock.ts': CLOCK }),
    'plugins_config.json': {
      enabled_plugins: { bench: true, polls_and_forms: true, ...(hasClock && { clock: true }) },
      grants: { bench: { ...network, telegram: ['sendMessage'] }, clock: { ...network, schedule: true } },
    },
    'config.json': benchSettings(workUrl),
  })
}
