import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { wait } from '@pluggram/base'
import { askLocally } from '@pluggram/http'
import type { LocalRequest } from '@pluggram/http'
import { PluggramError, z } from '@pluggram/sdk'
import { Failure } from '@pluggram/sdk/runtime'
import { lockHome } from '@pluggram/storage'
import { doorFolder } from '../door-folder.ts'
import type { CliEnvironment } from './cli-environment.ts'

/** A starting assistant opens the door late: its plugins may take ten seconds first. */
const START_MS = 15_000
const LOOK_MS = 100

const refusalSchema = z.object({ error: z.object({ message: z.string() }) })

/** What is asked, and what the answer looks like. */
export interface Ask<T> extends LocalRequest {
  readonly answer: z.ZodType<T>
}

/**
 * Asks the assistant that runs in this home, or works on the files when none runs. The work holds
 * the home's lock, so no assistant can start meanwhile.
 * @throws PluggramError with what the assistant refused, `command-failed` when it cannot be asked
 */
export async function askElse<T>(
  cli: CliEnvironment,
  ask: Ask<T>,
  onFiles: () => T | Promise<T>,
): Promise<T> {
  const end = Date.now() + START_MS
  for (;;) {
    const answer = await askRunning(cli, ask)
    if (answer !== undefined) return answer.value
    const lock = tryLock(cli.home)
    if (lock) {
      try {
        return await onFiles()
      } finally {
        lock.release()
      }
    }
    if (Date.now() >= end) {
      throw new Failure('no-answer', { subject: cli.home }, 'command-failed')
    }
    await wait(LOOK_MS)
  }
}

/**
 * Asks the assistant that runs in this home, for a command that can do without.
 * @returns `undefined` when none takes commands
 */
export async function askIfRunning<T>(cli: CliEnvironment, ask: Ask<T>): Promise<T | undefined> {
  return (await askRunning(cli, ask))?.value
}

/** Asks the assistant that runs in this home for something that only it can do. */
export function askOnlyRunning<T>(cli: CliEnvironment, ask: Ask<T>, otherwise = ''): Promise<T> {
  return askElse(cli, ask, () => {
    throw new Failure('not-running', { subject: cli.home, reason: otherwise }, 'command-failed')
  })
}

/**
 * Works on the files of a home in which nothing runs. No assistant can start meanwhile.
 * @throws PluggramError `command-failed` when one runs
 */
export async function whileStopped<T>(cli: CliEnvironment, work: () => T | Promise<T>): Promise<T> {
  const lock = tryLock(cli.home)
  if (!lock) {
    throw new PluggramError(
      'command-failed',
      `An assistant, or another command, runs in ${cli.home}. Stop it first, and try again.`,
    )
  }
  try {
    return await work()
  } finally {
    lock.release()
  }
}

/** @returns `undefined` when none runs, or it does not take commands yet */
async function askRunning<T>(cli: CliEnvironment, ask: Ask<T>): Promise<{ readonly value: T } | undefined> {
  const answer = await askLocally(doorFolder(join(cli.home, 'data')), ask)
  if (!answer) return undefined
  if (answer.status === 200) return { value: ask.answer.parse(answer.body) }
  const refusal = refusalSchema.safeParse(answer.body)
  const message = refusal.data?.error.message ?? `The assistant answered with status ${answer.status}.`
  throw new PluggramError('command-failed', message)
}

/** Whether no assistant and no other command works in this home. */
export function isHomeFree(home: string): boolean {
  const lock = tryLock(home)
  lock?.release()
  return lock !== undefined
}

/** @returns `undefined` when an assistant, or another command, works in this home */
function tryLock(home: string): { release(): void } | undefined {
  const file = join(home, 'data', 'assistant.lock')
  // no assistant ever ran here: there is nothing to lock, and a command should not create data/
  if (!existsSync(file)) return { release() {} }
  try {
    return lockHome(file)
  } catch (error) {
    if (error instanceof Failure && error.failure === 'home-taken') return undefined
    throw error
  }
}
