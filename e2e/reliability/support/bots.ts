import { setTimeout as sleep } from 'node:timers/promises'
import { TOKEN } from '../../support/emulator.ts'
import { findFreePort } from '../../support/free-port.ts'
import { startProgram } from '../../support/program.ts'
import type { Program } from '../../support/program.ts'
import { createEchoHome } from './echo.ts'

/** The settings of a bot program. */
export interface BotSurroundings {
  readonly apiRoot: string
  readonly workUrl: string
  /** Where Telegram delivers, for bots with a webhook. */
  readonly webhookUrl: string
}

/** One run of a bot program. */
export interface BotLife {
  readonly program: Program
  /**
   * Resolves when the bot accepts updates, with the address of its HTTP server ('' if it has none).
   */
  readonly ready: Promise<string>
}

/** A bot that can be restarted again and again; its data on disk survives. */
export interface Bot {
  /** Where Telegram delivers, for a bot with a webhook; the same in every run. */
  readonly address?: string
  start(): BotLife
}

export const BOT_NAMES = [
  'pluggram polling',
  'pluggram webhook',
  'grammY bot.start',
  'grammY runner',
  'Telegraf',
] as const
export type BotName = (typeof BOT_NAMES)[number]

const PEERS: Partial<Record<BotName, string>> = {
  'grammY bot.start': 'grammy-start.ts',
  'grammY runner': 'grammy-runner.ts',
  Telegraf: 'telegraf.ts',
}

/** Prepares a bot; nothing is started yet. */
export async function createBot(name: BotName, surroundings: BotSurroundings): Promise<Bot> {
  const peer = PEERS[name]
  if (peer !== undefined) return { start: () => startPeer(peer, surroundings) }
  const home = await createEchoHome(surroundings.workUrl)
  if (name === 'pluggram polling') return { start: () => startPluggram(home, surroundings, 0) }
  const port = await findFreePort()
  return {
    address: `http://127.0.0.1:${port}`,
    start: () => startPluggram(home, surroundings, port),
  }
}

function startPeer(file: string, { apiRoot, workUrl }: BotSurroundings): BotLife {
  const program = startProgram(`e2e/reliability/peers/${file}`, [], {
    environment: { BOT_TOKEN: TOKEN, API_ROOT: apiRoot, WORK_URL: workUrl },
  })
  return { program, ready: program.waitFor(/^ready$/m, 30_000).then(() => '') }
}

function startPluggram(home: string, { apiRoot, webhookUrl }: BotSurroundings, webhookPort: number): BotLife {
  const program = startProgram('apps/assistant/src/main.ts', ['start'], {
    environment: {
      PLUGGRAM_HOME: home,
      PORT: String(webhookPort),
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: apiRoot,
      ...(webhookPort > 0 && {
        TELEGRAM_WEBHOOK_URL: `${webhookUrl}/telegram/webhook`,
        TELEGRAM_WEBHOOK_SECRET: 'reliability-secret',
      }),
    },
  })
  return { program, ready: whenListening(program) }
}

/** The printed address. In webhook mode Telegram delivers there as soon as the bot listens. */
async function whenListening(program: Program): Promise<string> {
  const [, url = ''] = await program.waitFor(/(http:\/\/\S+?)\/login\?token=/, 30_000)
  return url
}

/** Waits until the assistant reports that it receives updates. */
export async function whenReady(url: string, milliseconds = 30_000): Promise<void> {
  const end = Date.now() + milliseconds
  for (;;) {
    const status = await fetch(`${url}/readyz`).then(
      (response) => response.status,
      () => 0,
    )
    if (status === 200) return
    if (Date.now() > end)
      throw new Error(`not ready within ${milliseconds} ms: ${url}/readyz gives ${status}`)
    await sleep(25)
  }
}
