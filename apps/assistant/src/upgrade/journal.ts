import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '@pluggram/base'
import { z } from '@pluggram/sdk'

const FILE = 'data/upgrade.json'

const journalSchema = z.object({
  /** How far it came: a killed upgrade is told from one that is over. */
  step: z.enum(['stop', 'copy', 'switch', 'watch', 'undo', 'done', 'undone']),
  pid: z.int(),
  fromVersion: z.string(),
  toVersion: z.string(),
  /** The folder of the release that ran before. */
  from: z.string(),
  to: z.string(),
  point: z.string().optional(),
})

/** What the last upgrade of a home did. */
export type UpgradeJournal = z.infer<typeof journalSchema>

export async function readJournal(home: string): Promise<UpgradeJournal | undefined> {
  try {
    return journalSchema.parse(JSON.parse(await readFile(join(home, FILE), 'utf8')))
  } catch {
    return undefined
  }
}

export async function writeJournal(home: string, journal: UpgradeJournal): Promise<void> {
  await replaceFile(join(home, FILE), `${JSON.stringify(journal, null, 2)}\n`)
}

/** Whether it was cut off: it is not over, and its process is gone. */
export function isCutOff({ step, pid }: UpgradeJournal): boolean {
  return step !== 'done' && step !== 'undone' && !isAlive(pid)
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
