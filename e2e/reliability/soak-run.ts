import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { startAssistant } from '../support/assistant.ts'
import { createPerson, startEmulator, TOKEN, write } from '../support/emulator.ts'
import { createHome } from '../support/home.ts'
import { startObedientModel } from '../support/obedient-model.ts'
import { memoryOf, percentile } from './support/figures.ts'
import { watchChats } from './support/watch-chats.ts'
import type { ChatWatch } from './support/watch-chats.ts'

export interface SoakOptions {
  readonly minutes: number
  /** Messages a second, from people in all chats. */
  readonly perSecond: number
  readonly chats: number
}

export interface SoakReport {
  readonly updates: number
  readonly lost: number
  readonly doubled: number
  /** Memory of the assistant at the middle and at the end, in MB. */
  readonly middleMb: number
  readonly endMb: number
  /** How it grew in the second half, by a straight line through all samples. */
  readonly mbPerMinute: number
  /** By how much the database and its log are larger than at the beginning. */
  readonly bytesPerUpdate: number
  /** How long people waited for their answer in the second and in the last fifth: the 95th percentile. */
  readonly earlyMs: number
  readonly lateMs: number
}

const PLUGINS = [
  'dice',
  'feeds',
  'file_info',
  'knowledge',
  'logging',
  'metrics',
  'polls_and_forms',
  'reminders',
  'scheduled_task',
  'web_page',
]
/** With `ai_chatbot`, which is always on, these are twelve. */
const ECHO = `export default class {
  async processMessage(message) {
    return message.startsWith('say ') ? { success: true, response: 'said ' + message.slice(4) } : undefined
  }
}`
/** What people write, and how often of a hundred times; each message has one answer. */
const KINDS = [
  { of100: 85, text: (number: number) => `say ${number}` },
  { of100: 5, text: () => '/roll 2d6' },
  { of100: 3, text: (number: number) => `/poll Question ${number}?; Yes; No` },
  { of100: 7, text: (number: number) => `Tell me about ${number}` },
] as const
/** After the last message: if no answer arrives for this long, missing ones are lost. */
const QUIET_MS = 20_000
const SAMPLE_MS = 2_000

interface Sample {
  readonly minutes: number
  readonly megabytes: number
}

/** People write steadily for a long time to an assistant with twelve plugins. */
export async function runSoak({ minutes, perSecond, chats }: SoakOptions): Promise<SoakReport> {
  const emulator = await startEmulator()
  const model = await startObedientModel(() => ({ text: 'There is not much to tell about it.' }))
  const home = await createHome({
    'plugins/echo.js': ECHO,
    'plugins_config.json': {
      enabled_plugins: Object.fromEntries(['echo', ...PLUGINS].map((name) => [name, true])),
    },
  })
  let watch: ChatWatch | undefined
  try {
    const assistant = await startAssistant(home, {
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: emulator.url,
      OPENAI_BASE_URL: model.url,
    })
    const people: EmulatedUser[] = []
    for (let number = 0; number < chats; number++) people.push(await createPerson(emulator.driver))
    watch = await watchChats(emulator.url)
    const file = join(home, 'data', 'pluggram.db')
    const [bytesBefore, begin] = [await bytesOf(file), Date.now()]
    const elapsed = (): number => (Date.now() - begin) / 60_000
    const samples: Sample[] = []
    const sampling = setInterval(() => {
      void memoryOf(assistant.pid).then(
        ({ now }) => samples.push({ minutes: elapsed(), megabytes: now }),
        () => {},
      )
    }, SAMPLE_MS)
    const written = await writeSteadily({ minutes, perSecond }, (number) => {
      const person = people[number % people.length]
      if (!person) throw new RangeError('nobody writes')
      return write(emulator.driver, person, textOf(number))
    })
    clearInterval(sampling)
    await whenQuiet(watch, written.length)
    // while it runs, its log has a size of its own, which a short run does not make up for
    await assistant.stop()
    const bytesPerUpdate = Math.round(((await bytesOf(file)) - bytesBefore) / written.length)
    return { ...judge(written, watch), ...memory(samples, minutes), bytesPerUpdate }
  } finally {
    await watch?.close()
    await model.close()
    await emulator.program.stop('SIGKILL')
  }
}

/** The kind of each message follows from its number, evenly mixed. */
function textOf(number: number): string {
  let place = (number * 37) % 100
  for (const { of100, text } of KINDS) {
    if (place < of100) return text(number)
    place -= of100
  }
  throw new RangeError('the kinds are not a hundred')
}

/** @returns when each message was written, in milliseconds since 1970 */
async function writeSteadily(
  { minutes, perSecond }: Pick<SoakOptions, 'minutes' | 'perSecond'>,
  send: (number: number) => Promise<unknown>,
): Promise<number[]> {
  const count = Math.round(minutes * 60 * perSecond)
  const startedAt = performance.now()
  const written: number[] = []
  const sending: Promise<unknown>[] = []
  for (let number = 0; number < count; number++) {
    await sleep(Math.max(0, startedAt + (number / perSecond) * 1_000 - performance.now()))
    written.push(Date.now())
    sending.push(send(number))
    if (sending.length >= 1_000) await Promise.all(sending.splice(0))
  }
  await Promise.all(sending)
  return written
}

async function whenQuiet({ replies }: ChatWatch, wanted: number): Promise<void> {
  for (let [seen, since] = [replies.length, Date.now()]; ;) {
    if (replies.length >= wanted || Date.now() - since > QUIET_MS) break
    await sleep(100)
    if (replies.length > seen) [seen, since] = [replies.length, Date.now()]
  }
  // time for a repeat to arrive
  await sleep(1_000)
}

function judge(
  written: readonly number[],
  { replies }: ChatWatch,
): Pick<SoakReport, 'updates' | 'lost' | 'doubled' | 'earlyMs' | 'lateMs'> {
  const seenAt = new Map<string, number>()
  let doubled = 0
  for (const { text, at } of replies) {
    if (!text.startsWith('said ')) continue
    if (seenAt.has(text)) doubled += 1
    else seenAt.set(text, at)
  }
  const waits: { readonly at: number; readonly ms: number }[] = []
  let lost = 0
  let others = 0
  for (const [number, at] of written.entries()) {
    if (!textOf(number).startsWith('say ')) {
      others += 1
      continue
    }
    const answeredAt = seenAt.get(`said ${number}`)
    if (answeredAt === undefined) lost += 1
    else waits.push({ at: at - (written[0] ?? 0), ms: answeredAt - at })
  }
  const otherAnswers = replies.filter(({ text }) => !text.startsWith('said ')).length
  lost += Math.max(0, others - otherAnswers)
  doubled += Math.max(0, otherAnswers - others)
  const span = (written.at(-1) ?? 0) - (written[0] ?? 0)
  const fifth = (index: number): number =>
    percentile(waits.filter(({ at }) => Math.floor((at / span) * 5) === index).map(({ ms }) => ms))
  return { updates: written.length, lost, doubled, earlyMs: fifth(1), lateMs: fifth(4) }
}

function memory(
  samples: readonly Sample[],
  minutes: number,
): Pick<SoakReport, 'middleMb' | 'endMb' | 'mbPerMinute'> {
  const half = samples.filter((sample) => sample.minutes >= minutes / 2)
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const [meanMinutes, meanMb] = [
    mean(half.map((sample) => sample.minutes)),
    mean(half.map(({ megabytes }) => megabytes)),
  ]
  const slope =
    mean(half.map((sample) => (sample.minutes - meanMinutes) * (sample.megabytes - meanMb))) /
    Math.max(Number.EPSILON, mean(half.map((sample) => (sample.minutes - meanMinutes) ** 2)))
  return {
    middleMb: half[0]?.megabytes ?? 0,
    endMb: half.at(-1)?.megabytes ?? 0,
    mbPerMinute: Math.round(slope * 1_000) / 1_000,
  }
}

async function bytesOf(file: string): Promise<number> {
  const sizes = await Promise.all(
    ['', '-wal'].map((suffix) =>
      stat(file + suffix).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size)
}
