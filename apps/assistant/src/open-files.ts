import { readFileSync } from 'node:fs'
import type { Logger } from '@pluggram/sdk'

/** Each chat being answered, plugin process and page needs several. */
const ENOUGH = 512

/** Names a low limit of open files as the cause of the failures to come. Node has raised it as far as it may. */
export function warnOfFewFiles(logger: Logger, limits = readLimits()): void {
  const limit = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity)
  if (limit >= ENOUGH) return
  logger.warn(
    `only ${limit} files and connections may be open at the same time (ulimit -n ${limit}): plugins, chats and pages will fail with EMFILE; allow at least ${2 * ENOUGH}`,
  )
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1')
  } catch {
    return ''
  }
}
