import { startEmulator } from '../../support/emulator.ts'
import type { RunningEmulator } from '../../support/emulator.ts'
import type { Program } from '../../support/program.ts'
import { createBot } from './bots.ts'
import type { BotLife, BotName } from './bots.ts'
import { openDoor } from './door.ts'
import type { Door, DoorCall, Guard } from './door.ts'
import type { ChatRecord } from './judge.ts'
import type { Random } from './random.ts'
import { createTraffic } from './traffic.ts'
import type { Traffic } from './traffic.ts'
import { watchChats } from './watch-chats.ts'
import type { ChatWatch, SeenReply } from './watch-chats.ts'
import { openWorkServer } from './work-server.ts'
import type { WorkServer } from './work-server.ts'

export interface StageOptions {
  readonly bot: BotName
  readonly chats: number
  /** How long a handler works on a message, in milliseconds. */
  readonly workMs: number
  readonly random: Random
  readonly botGuard?: Guard
  readonly webhookGuard?: Guard
  readonly onVisit?: () => void
  /** Whether Telegram's response to a call of the bot passes at one byte a second, to its end. */
  readonly isSlow?: (call: DoorCall) => boolean
}

/**
 * Everything around a bot: Telegram (the emulator, in its own process), people, and the server
 * where handlers report. Each call between bot and Telegram passes a door, one for each direction.
 */
export interface Stage {
  readonly emulator: RunningEmulator
  readonly traffic: Traffic
  readonly chats: ChatWatch
  readonly work: WorkServer
  /** The bot's calls to Telegram. */
  readonly botDoor: Door
  /** Telegram's deliveries to the bot. */
  readonly webhookDoor: Door
  /** Starts the bot, or restarts it after it ended. */
  begin(): BotLife
  life(): BotLife
  lives(): number
  repliesInLife(): number
  /** The bot's output from all its runs. */
  output(): string
  /** Every chat as people saw it. */
  records(): ChatRecord[]
  close(): Promise<void>
}

export async function createStage(options: StageOptions): Promise<Stage> {
  const emulator = await startEmulator()
  const work = await openWorkServer({
    workMs: options.workMs,
    ...(options.onVisit && { onVisit: options.onVisit }),
  })
  const botDoor = await openDoor({
    target: () => emulator.url,
    ...(options.botGuard && { guard: options.botGuard }),
    ...(options.isSlow && { isSlow: options.isSlow }),
  })
  let address: string | undefined
  const webhookDoor = await openDoor({
    target: () => address,
    ...(options.webhookGuard && { guard: options.webhookGuard }),
  })
  const bot = await createBot(options.bot, {
    apiRoot: botDoor.url,
    workUrl: work.url,
    webhookUrl: webhookDoor.url,
  })
  address = bot.address
  const traffic = await createTraffic(emulator.driver, options.chats, options.random)
  let lives = 0
  let current: BotLife | undefined
  let repliesInLife = 0
  const programs: Program[] = []
  const livesOfReplies = new Map<string, number>()
  const chats = await watchChats(emulator.url, (reply) => {
    repliesInLife += 1
    livesOfReplies.set(keyOf(reply.chatId, reply.messageId), lives)
  })

  function repliesIn(chatId: number): ChatRecord['replies'] {
    return chats.replies.filter((reply) => reply.chatId === chatId).map(toRecord)
  }
  function toRecord({ chatId, messageId, text }: SeenReply): ChatRecord['replies'][number] {
    return { text, life: livesOfReplies.get(keyOf(chatId, messageId)) ?? lives }
  }

  return {
    emulator,
    traffic,
    chats,
    work,
    botDoor,
    webhookDoor,
    begin() {
      lives += 1
      repliesInLife = 0
      current = bot.start()
      programs.push(current.program)
      // a run may end before it is ready, possibly with nobody waiting for it
      current.ready.catch(() => {})
      return current
    },
    life() {
      if (!current) throw new Error('the bot was not started')
      return current
    },
    lives: () => lives,
    repliesInLife: () => repliesInLife,
    output: () => programs.map((program) => program.output()).join('\n'),
    records: () =>
      traffic.people.map(({ id }, index) => ({
        written: traffic.written[index] ?? [],
        replies: repliesIn(id),
      })),
    async close() {
      await current?.program.stop('SIGKILL')
      await chats.close()
      await Promise.all([botDoor.close(), webhookDoor.close(), work.close()])
      await emulator.program.stop('SIGKILL')
    },
  }
}

const keyOf = (chatId: number, messageId: number): string => `${chatId}/${messageId}`

/**
 * Waits until every answer has arrived, or nothing has for `quietMs`: what is missing then is lost.
 */
export async function whenAnswered({ traffic, chats }: Stage, quietMs: number): Promise<void> {
  const seen = new Set<string>()
  let taken = 0
  let lastChange = Date.now()
  for (;;) {
    const fresh: readonly SeenReply[] = chats.replies.slice(taken)
    taken += fresh.length
    for (const { text } of fresh) seen.add(text)
    if (fresh.length > 0) lastChange = Date.now()
    if (traffic.isAnswered(seen) || Date.now() - lastChange > quietMs) return
    await new Promise((resolve) => {
      setTimeout(resolve, 100)
    })
  }
}
