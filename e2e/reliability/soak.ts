/**
 * Forty messages a second to an assistant with twelve plugins, for an hour. Exits with 1 if a message
 * was lost or answered twice, if memory grew, or if people waited longer at the end.
 *
 *   npm run test:soak
 *   npm run test:soak -- --minutes 10 --per-second 40
 */
import { readOptions } from '../../scripts/read-options.ts'
import { removeHomes } from '../support/home.ts'
import { runSoak } from './soak-run.ts'

const { values } = readOptions({
  options: {
    minutes: { type: 'string', default: '60' },
    'per-second': { type: 'string', default: '40' },
  },
})

/** More than this in the second half is a leak. */
const MOST_MB_PER_MINUTE = 0.1

const report = await runSoak({
  minutes: Number(values.minutes),
  perSecond: Number(values['per-second']),
  chats: 200,
})
console.table(report)
await removeHomes()
const isGood =
  report.lost === 0 &&
  report.doubled === 0 &&
  report.mbPerMinute <= MOST_MB_PER_MINUTE &&
  report.lateMs <= report.earlyMs * 2
process.exitCode = isGood ? 0 : 1
