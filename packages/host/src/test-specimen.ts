/** Answers every kind of call, and does what the message says. */
export const SPECIMEN = `
import * as sdk from '@pluggram/sdk'
import { createError } from '@pluggram/sdk/runtime'
const { definePlugin, z } = sdk

async function* writing(services, fails) {
  try {
    yield 'one '
    yield 'two'
    if (fails) throw createError('ai-timeout', 'the model fell silent')
    yield ' three'
  } finally { services.logger.info('the stream is closed') }
}
const untilAborted = (signal) => new Promise((_, reject) =>
  signal.addEventListener('abort', () => reject(signal.reason)))

export default definePlugin({
  config: z.object({ word: z.string().max(20).default('hello'), bad: z.boolean().optional() }),
  permissions: { observe: true, schedule: true },
  commands: { go: { description: 'Goes', execute: (args) => ({ success: true, response: 'go ' + args }) } },
  tools: {
    add: {
      description: 'Adds', schema: z.object({ a: z.number(), b: z.number() }), role: 'everyone', effect: 'none',
      execute: ({ a, b }, { config, user }) => ({ sum: a + b, word: config.word, user: user.firstName, map: new Map([['k', 1n]]) }),
    },
    hang: { description: 'Hangs', role: 'everyone', effect: 'none', execute: (_input, { signal, services }) =>
      untilAborted(signal).catch((error) => { services.logger.info('aborted: ' + error.message); throw error }) },
  },
  schedules: { sweep: { cron: '0 3 * * *', execute: ({ slot, data, config, services }) => services.logger.info('swept ' + slot + ' ' + data + ' ' + config.word) } },
  setup({ config, services }) {
    services.config.onChange((next) => services.logger.info('config ' + next.word))
    return {
      async processMessage(message, context) {
        const { reply, react, download, groupRights, signal } = context
        switch (message) {
          case 'pass': return undefined
          case 'refuse': return { success: false, error: 'no such dice' }
          case 'wrong': return { success: true, response: { text: 5 } }
          case 'list': return { success: true, response: ['a', { text: 'b', buttons: [[{ text: 'B', data: 'b' }]] }], data: { rows: [1, null] } }
          case 'stream': return { success: true, response: writing(services, false) }
          case 'break': return { success: true, response: { text: writing(services, true) } }
          case 'use': {
            const [sent] = await reply('first')
            await react('👍')
            const bytes = await download(context.message.attachments[0])
            const rights = await groupRights()
            return { success: true, response: [context.config.word, context.user.firstName, sent.id, bytes.length, rights.userIsAdministrator, rights.botSeesAllMessages].join(' ') }
          }
          case 'hang': return untilAborted(signal).finally(() => services.logger.info('let go'))
          case 'deaf': return new Promise(() => {})
          case 'plain error': throw Object.assign(new RangeError('out of range', { cause: new Error('deep') }), { detail: { a: 1 } })
        }
        if (message.startsWith('throw ')) throw createError(message.slice(6), 'said so')
      },
      observe(event) { services.logger.info('observed ' + event.outcome + ' ' + event.message.text) },
      forgetUser: ({ id }) => id === 7 ? ' two\\nnotes ' : undefined,
      getStatus: () => globalThis.isHung ? new Promise(() => {}) : { status: 'active', word: services.config.get().word },
      provides: {
        twice: (value) => ({ twice: value.n * 2 }),
        hangStatus: (isHung) => { globalThis.isHung = isHung },
        /** How an error of a service arrives here. */
        async probe(code, name) {
          try { await services.rateLimit.take(code) } catch (error) {
            return { isKnown: error instanceof sdk[name] && sdk.isPluggramError(error), code: error.code, isRetryable: error.isRetryable, message: error.message, after: error.retryAfterSeconds }
          }
        },
      },
    }
  },
})
`
