import { readFileSync } from 'node:fs'
import type { Logger } from '@pluggram/sdk'

/** Each chat being answered, plugin process and page needs several. */
export const ENOUGH_FILES = 512

/** Names a low limit of open files as the cause of the failures to come. Node has raised it as far as it may. */
export function warnOfFewFiles(logger: Logger, limits = readLimits()): void {
  const limit = openFilesLimit(limits)
  if (limit >= ENOUGH_FILES) return
  logger.warn(
    `only ${limit} files and connections may be open at the same time (ulimit -n ${limit}): plugins, chats and pages will fail with EMFILE; allow at least ${2 * ENOUGH_FILES}`,
  )
}

/** How many files and connections may be open at the same time. */
export function openFilesLimit(limits = readLimits()): number {
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity)
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1')
  } catch {
    return ''
  }
}
