import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { startAssistant } from '../support/assistant.ts'
import { botMessages, createPerson, startEmulator, TOKEN } from '../support/emulator.ts'
import { findFreePort } from '../support/free-port.ts'
import { createEchoHome } from './support/echo.ts'
import { memoryOf, percentile } from './support/figures.ts'
import { startHonestSender } from './support/honest-sender.ts'
import {
  createWebhookClient,
  honestHeaders,
  messageUpdate,
  requestHead,
  SECRET,
} from './support/webhook-client.ts'
import type { WebhookClient } from './support/webhook-client.ts'

export interface AttackReport {
  /** The status that each kind of request got. */
  readonly statuses: Readonly<Record<string, number>>
  /** Statuses of the same update, sent a hundred times at once. */
  readonly repeated: readonly number[]
  /** What the bot wrote to the attacker's chat. */
  readonly effects: readonly string[]
  /**
   * Honest requests during the attacks: statuses, number, and the 99th percentile of
   * acknowledgement times in ms.
   */
  readonly honest: { readonly statuses: readonly number[]; readonly count: number; readonly p99Ms: number }
  /** Peak memory of the assistant above its memory before, in MB. */
  readonly growthMb: number
}

const SLOW_BODIES = 500
const CONNECTIONS = 1_000
const REPEATS = 100
/** How long slow bodies and idle connections are held open. */
const SIEGE_MS = 3_000
const WARM_UP_MS = 1_500
const MIB = 1_048_576
const SECRET_HEADER = 'x-telegram-bot-api-secret-token'

/** Sends the webhook requests that Telegram never sends, together with honest updates. */
export async function runAttacks(): Promise<AttackReport> {
  const emulator = await startEmulator()
  const port = await findFreePort()
  const assistant = await startAssistant(await createEchoHome(), {
    PORT: String(port),
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: emulator.url,
    TELEGRAM_WEBHOOK_URL: `http://127.0.0.1:${port}/telegram/webhook`,
    TELEGRAM_WEBHOOK_SECRET: SECRET,
  })
  const attacker = await createPerson(emulator.driver, 'Mallory')
  const person = await createPerson(emulator.driver)
  const client = createWebhookClient(assistant.url)
  try {
    const warmUp = startHonestSender({ url: assistant.url, person, firstId: 1_000 })
    await sleep(WARM_UP_MS)
    await warmUp.end()
    const before = await memoryOf(assistant.pid)
    const honestSender = startHonestSender({ url: assistant.url, person, firstId: 100_000 })
    const statuses = await sendEveryAttack(client, attacker)
    const update = messageUpdate(7, attacker, 'once')
    const repeated = await Promise.all(Array.from({ length: REPEATS }, () => client.post(update)))
    await besiege(client)
    const { acks, statuses: seen } = await honestSender.end()
    const after = await memoryOf(assistant.pid)
    await sleep(500)
    const effects = await botMessages(emulator.driver, attacker.id, 0)
    return {
      statuses,
      repeated,
      effects: effects.map(({ text }) => text),
      honest: { statuses: seen, count: acks.length, p99Ms: Math.round(percentile(acks, 0.99)) },
      growthMb: Math.max(0, after.most - before.now),
    }
  } finally {
    client.close()
    await assistant.stop('SIGKILL')
    await emulator.program.stop('SIGKILL')
  }
}

/** Each is sent once. Every update in them asks for an answer that must not come. */
async function sendEveryAttack(
  client: WebhookClient,
  attacker: EmulatedUser,
): Promise<Record<string, number>> {
  const update = messageUpdate(1, attacker, 'attack')
  const { 'content-type': type, ...secretOnly } = honestHeaders()
  const json = { 'content-type': type ?? '' }
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  const bomb = gzipSync(Buffer.alloc(50 * MIB, ' '))
  const withSecret = (secret: string | string[]) => ({ ...json, [SECRET_HEADER]: secret })
  return {
    'no secret': await client.post(update, json),
    'wrong secret': await client.post(update, withSecret('wrong')),
    'empty secret': await client.post(update, withSecret('')),
    'secret twice': await client.post(update, withSecret([SECRET, SECRET])),
    'two secrets': await client.post(update, withSecret(['wrong', SECRET])),
    'wrong secret, 2 MiB': await client.post(Buffer.alloc(2 * MIB, 'a'), withSecret('wrong')),
    '2 MiB': await client.post(Buffer.alloc(2 * MIB, 'a')),
    'chunks without end': await client.postForEver(Buffer.alloc(16_384, 'a')),
    'gzip bomb': await client.post(bomb, { ...honestHeaders(), 'content-encoding': 'gzip' }),
    'depth 100,000': await client.post(deep),
    'depth 100,000 inside an update': await client.post(`{"update_id":2,"message":${deep}}`),
    'wrong type': await client.post(update, { ...secretOnly, 'content-type': 'text/plain' }),
    form: await client.post('update_id=3', {
      ...secretOnly,
      'content-type': 'application/x-www-form-urlencoded',
    }),
    'no type': await client.post(update, secretOnly),
    'broken JSON': await client.post(update.slice(0, -1)),
    'no object': await client.post('[1]'),
    prototype: await client.post(`{"__proto__":{"update_id":4},"message":${JSON.stringify({})}}`),
  }
}

/** Bodies at one byte a second, and idle connections, all at once. */
async function besiege(client: WebhookClient): Promise<void> {
  const slow = await Promise.all(
    Array.from({ length: SLOW_BODIES }, () => client.open(`${requestHead(1_000)}{`)),
  )
  const dripping = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write(' ')
  }, 1_000)
  await Promise.all(Array.from({ length: CONNECTIONS }, () => client.open('')))
  await sleep(SIEGE_MS)
  clearInterval(dripping)
}
