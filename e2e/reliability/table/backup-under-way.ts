import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startProgram } from '../../support/program.ts'
import type { Program } from '../../support/program.ts'
import type { Cell } from './cell.ts'

const under = new WeakMap<Cell, Program>()

function run({ home }: Cell, ...args: string[]): Program {
  return startProgram('apps/assistant/src/main.ts', args, {
    environment: { PLUGGRAM_HOME: home, PLUGGRAM_BACKUP_PASSPHRASE: 'of the table' },
  })
}

/** Begins a backup; resolves when it copies, or when it is over already. */
export async function beginBackup(cell: Cell): Promise<void> {
  const program = run(cell, 'backup', join(cell.home, 'backups/first.age'))
  under.set(cell, program)
  let isOver = false
  void program.exited.then(() => (isOver = true))
  const staging = join(cell.home, 'data/backup-in-progress')
  await cell.until('a backup under way', async () => isOver || (await readdir(staging)).length > 0)
}

/** The backup that the fault met may have failed, but left nothing half made; the next one is good. */
export async function checkBackup(cell: Cell): Promise<void> {
  await under.get(cell)?.exited
  const names = await readdir(join(cell.home, 'backups')).catch((): string[] => [])
  for (const name of [...names, 'second.age']) {
    const file = join(cell.home, 'backups', name)
    if (name === 'second.age') await expectGood(run(cell, 'backup', file))
    // without --yes it only checks the file, which is told by its exit code
    const checked = run(cell, 'restore', file)
    await checked.exited
    if (!checked.output().includes('It is complete')) throw new Error(`${name}: ${checked.output()}`)
  }
}

async function expectGood(program: Program): Promise<void> {
  if ((await program.exited) !== 0) throw new Error(program.output())
}
