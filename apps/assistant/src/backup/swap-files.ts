import { randomUUID } from 'node:crypto'
import { chmod, lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { replaceFile } from '@pluggram/base'
import { errorMessage, PluggramError, z } from '@pluggram/sdk'
import { lockHome } from '@pluggram/storage'

/** In the home, so that every move is a rename. `cli.ts` looks for it before each command. */
const FOLDER = '.restore-in-progress'
const PLAN = 'plan.json'

const planSchema = z.strictObject({
  /** The folder with the new files. */
  ready: z.string(),
  /** The folder that the old ones move to. */
  aside: z.string(),
  /** What moves out of the home, and what moves in, by paths that are the same in all three folders. */
  out: z.array(z.string()),
  in: z.array(z.string()),
})

export type Swap = z.infer<typeof planSchema>

/**
 * Replaces files of a home in which nothing runs. The new ones are prepared beside; then a plan is
 * written, and the files are moved by it. A kill before the plan leaves the old home. After a kill
 * later, the next command finishes the plan, so that nothing ever works on a mixture.
 *
 * @param prepare fills the folder it is given
 * @throws PluggramError `command-failed` when files cannot be moved; then they are as they were
 */
export async function swapFiles<S extends Swap>(
  home: string,
  prepare: (folder: string) => Promise<S>,
): Promise<S> {
  return whileLocked(home, async (folder) => {
    const work = join(folder, 'work')
    await rm(work, { recursive: true, force: true })
    await mkdir(work, { mode: 0o700 })
    const swap = await prepare(work).catch(async (error: unknown) => {
      await clear(folder)
      throw error
    })
    // the home may be at another place when somebody goes on
    const plan: Swap = {
      ready: relative(home, swap.ready),
      aside: relative(home, swap.aside),
      out: swap.out,
      in: swap.in,
    }
    await flush(swap.ready)
    await replaceFile(join(folder, PLAN), JSON.stringify(plan), { mode: 0o600 })
    await carryOut(home, plan)
    await clear(folder)
    return swap
  })
}

/**
 * Finishes what a killed process began, or deletes what it prepared.
 * @returns what was done, in sentences
 */
export async function endCutOffSwap(home: string): Promise<string | undefined> {
  return whileLocked(home, async (folder) => {
    const text = await readFile(join(folder, PLAN), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return undefined
    })
    if (text === undefined) {
      await clear(folder)
      return undefined
    }
    const plan = planSchema.parse(JSON.parse(text))
    // an older release may have been started on the mixture
    const assistant = join(home, 'data/assistant.lock')
    const lock = (await exists(assistant)) ? lockHome(assistant) : undefined
    await carryOut(home, plan).finally(() => lock?.release())
    await clear(folder)
    return `A restore was cut off, and is finished now. What was there before is in ${join(home, plan.aside)}. "pluggram held", "pluggram replay" and "pluggram schedules" list what waits for a decision.`
  })
}

/** One process at a time; the operating system releases the lock of a killed one. */
async function whileLocked<T>(home: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(home, FOLDER)
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o700)
  const lock = lockHome(join(folder, 'lock'))
  try {
    return await work(folder)
  } finally {
    lock.release()
  }
}

async function carryOut(home: string, plan: Swap): Promise<void> {
  try {
    await forward(home, plan)
  } catch (error) {
    const failed = `The files of ${home} cannot be replaced: ${errorMessage(error)}.`
    try {
      await backward(home, plan)
    } catch (undoing) {
      throw new PluggramError(
        'command-failed',
        `${failed} Nor can they be put back: ${errorMessage(undoing)}. Nothing is lost: what was there is in ${join(home, plan.aside)}, the rest in ${join(home, plan.ready)}. Mend the cause; any command then goes on.`,
        { cause: error },
      )
    }
    await clear(join(home, FOLDER))
    throw new PluggramError('command-failed', `${failed} Everything is as it was.`, { cause: error })
  }
}

/** After a power cut there must be no plan for files that never reached the disk. */
async function flush(folder: string): Promise<void> {
  // Windows flushes only what is open for writing
  if (process.platform === 'win32') return
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const file = await open(join(entry.parentPath, entry.name))
    await file.sync().finally(() => file.close())
  }
}

/** Each step is told from what exists, so it may be done again after a kill. */
async function forward(home: string, plan: Swap): Promise<void> {
  const [ready, aside] = [join(home, plan.ready), join(home, plan.aside)]
  for (const path of plan.out)
    if ((await exists(join(home, path))) && !(await exists(join(aside, path))))
      await move(join(home, path), join(aside, path))
  for (const path of plan.in)
    if (await exists(join(ready, path))) {
      await makeRoom(home, plan, path)
      await move(join(ready, path), join(home, path))
    }
}

async function backward(home: string, plan: Swap): Promise<void> {
  const [ready, aside] = [join(home, plan.ready), join(home, plan.aside)]
  for (const path of plan.in.toReversed())
    if ((await exists(join(home, path))) && !(await exists(join(ready, path))))
      await move(join(home, path), join(ready, path))
  for (const path of plan.out.toReversed())
    if (await exists(join(aside, path))) {
      await makeRoom(home, plan, path)
      await move(join(aside, path), join(home, path))
    }
}

/** What somebody put in place of a file between the kill and now is kept, too. */
async function makeRoom(home: string, plan: Swap, path: string): Promise<void> {
  const taken = join(home, path)
  if (await exists(taken)) await move(taken, join(home, plan.aside, `made-meanwhile-${randomUUID()}`, path))
}

async function move(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  await rename(from, to)
}

/** The plan goes first: without it, nothing else of the folder counts. */
async function clear(folder: string): Promise<void> {
  await rm(join(folder, PLAN), { force: true })
  await rm(folder, { recursive: true, force: true })
}

/** A link that leads nowhere exists. */
export async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  )
}
