import { z } from 'zod'
import { httpUrl, isHttpUrl, proxyAddress } from './schema-parts.ts'

function rate(description: string, most: number): z.ZodNumber {
  return z
    .number()
    .min(0.01)
    .max(most)
    .meta({ description, expected: `a number from 0.01 to ${most}` })
}

function isWebhookUrl(text: string): boolean {
  const url = isHttpUrl(text) ? URL.parse(text) : null
  if (url === null || url.username !== '' || url.hash !== '') return false
  const isLoopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)
  return (url.protocol === 'https:' || isLoopback) && url.pathname.endsWith('/telegram/webhook')
}

/** The block `telegram`. */
export const telegramSettings = z
  .strictObject({
    api_root: httpUrl()
      .meta({
        description: "Another Bot API server in place of Telegram's own.",
        expected: 'an http:// or https:// address',
      })
      .optional(),
    proxy: proxyAddress('The proxy to Telegram, for calls, uploads and downloads, whatever `network` says.')
      .meta({ takesEffect: 'live' })
      .optional(),
    bot_token: z
      .string()
      .regex(/^[A-Za-z0-9:_-]{1,256}$/)
      .meta({
        description:
          "The bot's token from @BotFather. Without one the assistant talks in the playground only. A new token of the same bot counts at once, another bot at the next start.",
        expected: 'a token as @BotFather gives it: digits, a colon, letters, digits, _ and -',
        takesEffect: 'live',
      })
      .optional(),
    webhook: z
      .strictObject({
        url: z
          .string()
          .max(2048)
          .refine(isWebhookUrl)
          .meta({
            description:
              'The public address to which Telegram delivers updates; with it the assistant stops polling.',
            expected: 'an https:// address (http:// on loopback only) that ends in /telegram/webhook',
          })
          .optional(),
        secret: z
          .string()
          .regex(/^[A-Za-z0-9_-]{8,256}$/)
          .meta({
            description: 'Proves that a delivery comes from Telegram. Needed with `url`.',
            expected: '8 to 256 characters of A-Z, a-z, 0-9, _ and -',
            takesEffect: 'live',
          })
          .optional(),
      })
      .meta({ description: 'Deliveries by Telegram in place of polling.' })
      .prefault({}),
    streaming: z
      .enum(['auto', 'private', 'off'])
      .meta({
        description:
          'Where an answer shows while it is being written: `auto` as a draft in private chats and as a message that is edited in groups, `private` in private chats only.',
        expected: '"auto", "private" or "off"',
      })
      .default('auto'),
    rich_messages: z
      .enum(['auto', 'off'])
      .meta({
        description:
          'Whether Markdown with headings, tables, mathematics or nested lists, or longer than one message, goes as a rich message. Apps that are not up to date show an empty message or a notice in its place, so turn it on only when you know who reads.',
        expected: '"auto" or "off"',
      })
      .default('off'),
    limits: z
      .strictObject({
        overall_per_second: rate('Messages a second in all chats together.', 1000).default(30),
        chat_per_second: rate('Messages a second in one chat.', 100).default(1),
        group_per_minute: rate('Messages a minute in one group.', 1000).default(20),
      })
      .meta({
        description:
          "The pace of previews and of chats that Telegram has slowed down. Answers to people keep to it only after Telegram's 429.",
      })
      .prefault({}),
  })
  .meta({ description: 'The connection to Telegram.', takesEffect: 'next start' })
