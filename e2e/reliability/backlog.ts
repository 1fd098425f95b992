/**
 * The long load runs: 200,000 messages that waited while the assistant was off, and one chat with 10,000 messages
 * beside quiet ones. Prints figures; ends with 1 when a limit does not hold.
 *
 *   npm run test:backlog
 *   npm run test:backlog -- --updates 50000
 */
import { parseArgs } from 'node:util'
import { removeHomes } from '../support/home.ts'
import { runBacklog, runFlood } from './backlog-run.ts'
import type { Verdict } from './support/judge.ts'
import { printTable } from './support/table.ts'

const CHATS = 100
const MEMORY_MB = 300
const FLOOD = 10_000
/** Below this, twice the idle time is within the noise of two cores that do everything. */
const NOISE_MS = 50

const { values } = parseArgs({ options: { updates: { type: 'string', default: '200000' } } })
const flood = await runFlood({ messages: FLOOD, calmSeconds: 10, perSecond: 20 })
printTable(
  [
    'one chat with',
    'worked off in',
    'p95 of other chats before',
    'while it comes in',
    'while it is worked off',
    'lost',
  ],
  [
    [
      `${FLOOD} messages`,
      `${flood.seconds.toFixed(0)} s`,
      `${flood.idleMs} ms`,
      `${flood.incomingMs} ms`,
      `${flood.workingOffMs} ms`,
      String(flood.lostReplies),
    ],
  ],
)
const backlog = await runBacklog({ updates: Number(values.updates), chats: CHATS })
printTable(
  ['backlog', 'worked off in', 'a second', 'first answer after', 'most memory', 'lost', 'repeated'],
  [
    [
      String(backlog.updates),
      `${backlog.seconds.toFixed(0)} s`,
      (backlog.updates / backlog.seconds).toFixed(0),
      `${backlog.firstAnswerMs.toFixed(0)} ms`,
      `${backlog.memoryMb} MB`,
      String(backlog.lostReplies),
      String(backlog.repeated),
    ],
  ],
)
await removeHomes()

const isFair = Math.max(flood.incomingMs, flood.workingOffMs) <= Math.max(2 * flood.idleMs, NOISE_MS)
const isSmall = backlog.memoryMb <= MEMORY_MB
process.exitCode = isFair && isSmall && isComplete(flood) && isComplete(backlog) ? 0 : 1

function isComplete({ lostUpdates, lostReplies, repeated, outOfOrder, strange }: Verdict): boolean {
  return lostUpdates + lostReplies + repeated + outOfOrder + strange.length === 0
}
