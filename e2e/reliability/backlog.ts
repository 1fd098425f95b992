/**
 * The long load runs: 200,000 messages that waited while the assistant was off, and one chat with
 * 10,000 messages beside quiet ones. Prints figures; exits with 1 if a limit is exceeded.
 *
 *   npm run test:backlog
 *   npm run test:backlog -- --updates 50000
 */
import { readOptions } from '../../scripts/read-options.ts'
import { removeHomes } from '../support/home.ts'
import { runBacklog } from './backlog-run.ts'
import { runFlood } from './flood-run.ts'
import type { FloodReport } from './flood-run.ts'
import type { Verdict } from './support/judge.ts'
import { printTable } from './support/table.ts'
import { STATIONS } from './support/way.ts'

const CHATS = 100
const MEMORY_MB = 300
const FLOOD = 10_000
/** Below this, twice the idle time is within the noise of two cores that run everything. */
const NOISE_MS = 50

const { values } = readOptions({ options: { updates: { type: 'string', default: '200000' } } })
const floods: FloodReport[] = []
for (const bot of ['pluggram polling', 'pluggram webhook'] as const)
  floods.push(await runFlood({ bot, messages: FLOOD, calmSeconds: 10, perSecond: 20 }))
const spans = floods.flatMap((flood) =>
  (['idle', 'incoming', 'workingOff'] as const).map((name) => ({ flood, name, ...flood[name] })),
)
printTable(
  [`${FLOOD} messages in one chat`, 'span', 'p95 of other chats (ms)', ...STATIONS, 'lost', 'took'],
  spans.map(({ flood, name, waitedMs, way }) => [
    flood.bot,
    name,
    String(waitedMs),
    ...STATIONS.map((station) => String(way[station])),
    String(flood.lostReplies),
    `${flood.seconds.toFixed(0)} s`,
  ]),
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

const isSmall = backlog.memoryMb <= MEMORY_MB
process.exitCode =
  isSmall && isComplete(backlog) && floods.every((flood) => isFair(flood) && isComplete(flood)) ? 0 : 1

function isFair({ idle, incoming, workingOff }: FloodReport): boolean {
  return Math.max(incoming.waitedMs, workingOff.waitedMs) <= Math.max(2 * idle.waitedMs, NOISE_MS)
}

function isComplete({ lostUpdates, lostReplies, repeated, outOfOrder, strange }: Verdict): boolean {
  return lostUpdates + lostReplies + repeated + outOfOrder + strange.length === 0
}
