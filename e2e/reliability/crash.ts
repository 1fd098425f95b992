/**
 * The long crash run: 2,000 updates over 20 chats, 56 kills for each bot. Prints a table; exits with 1
 * if the assistant lost or reordered a message, or repeated too many.
 *
 *   npm run test:crash               Pluggram, polling and webhook
 *   npm run test:crash -- --peers    grammY, its runner and Telegraf in the same conditions as well
 *   npm run test:crash -- --seed 7   the same messages and moments again
 *   npm run test:crash -- --only 'pluggram webhook'
 */
import { readOptions } from '../../scripts/read-options.ts'
import { removeHomes } from '../support/home.ts'
import { runCrashes } from './crash-run.ts'
import type { CrashReport } from './crash-run.ts'
import { BOT_NAMES } from './support/bots.ts'
import { printTable } from './support/table.ts'

const UPDATES = 2_000
const CHATS = 20
const KILLS = 56
const PER_SECOND = 30
/** The share of all replies that may be repeated. */
const REPEATS_ALLOWED = 0.01

const { values } = readOptions({
  options: { peers: { type: 'boolean' }, seed: { type: 'string' }, only: { type: 'string' } },
})
const seed = Number(values.seed ?? Date.now() % 1_000_000)
const bots = BOT_NAMES.filter((name) =>
  values.only === undefined ? values.peers === true || name.startsWith('pluggram') : name === values.only,
)

console.log(`${UPDATES} updates over ${CHATS} chats, ${KILLS} kills for each bot, seed ${seed}`)
const reports: CrashReport[] = []
for (const bot of bots) {
  const report = await runCrashes({
    bot,
    updates: UPDATES,
    chats: CHATS,
    kills: KILLS,
    perSecond: PER_SECOND,
    seed,
  })
  console.log(`${bot}: ${report.seconds.toFixed(0)} s, killed ${describeKills(report)}`)
  reports.push(report)
}
await removeHomes()

printTable(
  [
    'bot',
    'updates lost',
    'replies lost',
    'repeated',
    'of them not in flight at a kill',
    'out of order',
    'worked on again',
  ],
  reports.map((report) => [
    report.bot,
    share(report.lostUpdates, report.updates),
    share(report.lostReplies, report.expected),
    share(report.repeated, report.expected),
    String(report.repeatedWithoutKill),
    String(report.outOfOrder),
    share(report.workedAgain, report.updates),
  ]),
)
const failed = reports.filter((report) => report.bot.startsWith('pluggram') && !isSound(report))
for (const { bot, strange, parked } of failed)
  console.error(`${bot} failed; parked: ${parked}; strange:`, strange)
process.exitCode = failed.length > 0 ? 1 : 0

function isSound(report: CrashReport): boolean {
  const { lostUpdates, lostReplies, repeatedWithoutKill, outOfOrder, strange, repeated, expected } = report
  const faults = lostUpdates + lostReplies + repeatedWithoutKill + outOfOrder + strange.length
  return faults === 0 && repeated / expected <= REPEATS_ALLOWED
}

function share(count: number, total: number): string {
  return `${count} (${((count / total) * 100).toFixed(1)} %)`
}

function describeKills({ kills }: CrashReport): string {
  return [...kills].map(([point, count]) => `${count}× ${point}`).join(', ')
}
