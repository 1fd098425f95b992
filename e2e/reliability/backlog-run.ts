import { setTimeout as sleep } from 'node:timers/promises'
import type { TranscriptMessage } from '@pluggram/bot-api-emulator'
import { startAssistant } from '../support/assistant.ts'
import type { RunningAssistant } from '../support/assistant.ts'
import { startEmulator, TOKEN } from '../support/emulator.ts'
import type { RunningEmulator } from '../support/emulator.ts'
import { createEchoHome } from './support/echo.ts'
import { memoryOf } from './support/figures.ts'
import { judge } from './support/judge.ts'
import type { Verdict } from './support/judge.ts'
import { createRandom } from './support/random.ts'
import { createTraffic } from './support/traffic.ts'
import type { Traffic } from './support/traffic.ts'

export interface BacklogReport extends Verdict {
  /** From the start of the assistant until the last answer was sent. */
  readonly seconds: number
  /** From its start until it was ready, and until the first answer arrived. */
  readonly readyMs: number
  readonly firstAnswerMs: number
  /** Peak memory of the assistant, in MB. */
  readonly memoryMb: number
}

/** How many people write at the same time while the backlog grows. */
const WRITERS = 10
/** If no answer arrives for this long, missing ones count as lost. */
const QUIET_MS = 30_000

/** Messages pile up while the assistant is off. Then it starts and processes them. */
export async function runBacklog(options: { updates: number; chats: number }): Promise<BacklogReport> {
  const emulator = await startEmulator()
  try {
    const traffic = await createTraffic(emulator.driver, options.chats, createRandom(1))
    await pileUp(traffic, options.updates)
    const startedAt = performance.now()
    const assistant = await startAssistant(await createEchoHome(), {
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: emulator.url,
    })
    const readyMs = performance.now() - startedAt
    while ((await countAnswered(assistant)) === 0) await sleep(20)
    const firstAnswerMs = performance.now() - startedAt
    await whenDrained(assistant, options.updates)
    const seconds = (performance.now() - startedAt) / 1_000
    const memory = await memoryOf(assistant.pid)
    await assistant.stop()
    const records = await Promise.all(
      traffic.people.map(async ({ id }, index) => ({
        written: traffic.written[index] ?? [],
        replies: (await botTexts(emulator, id)).map((text) => ({ text, life: 1 })),
      })),
    )
    return { seconds, readyMs, firstAnswerMs, memoryMb: memory.most, ...judge(records) }
  } finally {
    await emulator.program.stop('SIGKILL')
  }
}

async function pileUp(traffic: Traffic, updates: number): Promise<void> {
  const { length: chats } = traffic.people
  async function writeForEveryTenth(first: number): Promise<void> {
    for (let index = first; index < updates; index += WRITERS) await traffic.writeTo(index % chats)
  }
  await Promise.all(Array.from({ length: WRITERS }, (_, index) => writeForEveryTenth(index)))
}

async function whenDrained(assistant: RunningAssistant, updates: number): Promise<void> {
  let answered = 0
  let lastChange = Date.now()
  while (answered < updates && Date.now() - lastChange < QUIET_MS) {
    await sleep(200)
    const now = await countAnswered(assistant)
    if (now !== answered) lastChange = Date.now()
    answered = now
  }
}

/** Updates whose answers are sent, according to the assistant's health report. */
async function countAnswered({ url }: RunningAssistant): Promise<number> {
  const response = await fetch(`${url}/readyz`)
  const { components } = (await response.json()) as {
    components: { pipeline: { answered: number; unsent: number } }
  }
  return components.pipeline.answered - components.pipeline.unsent
}

async function botTexts({ driver }: RunningEmulator, chatId: number): Promise<string[]> {
  const { messages } = await driver.get<{ messages: TranscriptMessage[] }>(`/chats/${chatId}/messages`)
  return messages.filter((message) => message.fromBot).map(({ text }) => text)
}
