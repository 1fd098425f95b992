/**
 * The long fault run: 30 s of each fault between the assistant and Telegram, for one chat and for all.
 * Prints a table. Exits with 1 if a message was lost or out of order, the recovery took too long, or
 * a call was made within a `retry_after`.
 *
 *   npm run test:faults
 *   npm run test:faults -- --only 429
 */
import { readOptions } from '../../scripts/read-options.ts'
import { removeHomes } from '../support/home.ts'
import { runFault } from './fault-run.ts'
import type { FaultReport } from './fault-run.ts'
import { faultPlans } from './support/fault-plans.ts'
import { printTable } from './support/table.ts'

const SECONDS = 30
const CHATS = 20
const PER_SECOND = 8
const RECOVERY_MS = 10_000
/** Below this, twice the normal time is within the noise of two cores that run everything. */
const NOISE_MS = 50

const { values } = readOptions({ options: { only: { type: 'string' } } })
const plans = faultPlans([1, 3, 7, 30]).filter(
  ({ name }) => values.only === undefined || name === values.only,
)
const reports: FaultReport[] = []
for (const scope of ['everything', 'one chat'] as const) {
  for (const plan of plans.filter(({ only }) => only === undefined || only === scope)) {
    const report = await runFault({
      plan,
      scope,
      chats: CHATS,
      perSecond: PER_SECOND,
      calmSeconds: 10,
      faultSeconds: SECONDS,
    })
    console.log(`${plan.name}, ${scope}: ${isSound(report) ? 'sound' : `FAILED ${JSON.stringify(report)}`}`)
    reports.push(report)
  }
}
await removeHomes()

printTable(
  [
    'fault',
    'hits',
    'lost',
    'repeated',
    'recovery',
    'calls in retry_after',
    'p95 before',
    'p95 of other chats',
  ],
  reports.map((report) => [
    report.name,
    report.scope,
    `${report.lostReplies} of ${report.expected}`,
    String(report.repeated),
    `${(report.recoveryMs / 1_000).toFixed(1)} s`,
    String(report.callsInHold),
    `${report.normalMs} ms`,
    report.scope === 'one chat' ? `${report.othersMs} ms` : '',
  ]),
)
process.exitCode = reports.every(isSound) ? 0 : 1

function isSound(report: FaultReport): boolean {
  const faults = report.lostUpdates + report.lostReplies + report.outOfOrder + report.callsInHold
  const isFair = report.scope === 'everything' || report.othersMs <= Math.max(2 * report.normalMs, NOISE_MS)
  return faults === 0 && report.strange.length === 0 && report.recoveryMs <= RECOVERY_MS && isFair
}
