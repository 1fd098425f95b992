import { join } from 'node:path'
import { lockHome } from '@pluggram/storage'
import { isCutOff, readJournal, writeJournal } from './journal.ts'
import { setCurrentRelease } from './release.ts'
import { listRestorePoints, restoreDatabase } from './restore-points.ts'

const CONFIRM_MS = 5 * 60_000
const UNDECIDED: ReadonlySet<string> = new Set(['switch', 'watch', 'undo'])

/**
 * Ends an upgrade that was killed before it knew whether the new release works: its restore point
 * comes back. Called by the start of the release before.
 * @param own the folder of the release that runs
 * @returns what was done, in a sentence
 */
export async function endCutOffUpgrade(home: string, own: string): Promise<string | undefined> {
  const journal = await readJournal(home)
  if (!journal || !isCutOff(journal) || !UNDECIDED.has(journal.step) || journal.from !== own) return undefined
  const lock = lockHome(join(home, 'data', 'assistant.lock'))
  try {
    const point = (await listRestorePoints(home)).find(({ name }) => name === journal.point)
    const restored = point && (await restoreDatabase(home, point))
    await setCurrentRelease(home, journal.from)
    await writeJournal(home, { ...journal, step: 'undone', pid: process.pid })
    const database = restored ? ', with the database of the restore point' : ''
    return `the upgrade to ${journal.toVersion} was cut off; ${journal.fromVersion} runs again${database}`
  } finally {
    lock.release()
  }
}

/** A new release that runs for some minutes works, even if nobody is left to watch it. */
export function confirmCutOffUpgrade(home: string, own: string): void {
  setTimeout(async () => {
    const journal = await readJournal(home)
    if (!journal || !isCutOff(journal) || journal.to !== own) return
    await writeJournal(home, { ...journal, step: 'done' })
  }, CONFIRM_MS).unref()
}
