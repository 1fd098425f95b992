import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { wait } from '@pluggram/base'
import { PluggramError, z } from '@pluggram/sdk'
import { askIfRunning, isHomeFree } from '../cli/ask-running.ts'
import type { CliEnvironment } from '../cli/cli-environment.ts'
import { isAlive } from './journal.ts'
import type { Release } from './release.ts'

const LOOK_MS = 500
/** A stop takes ten seconds at most. */
const STOP_MS = 30_000
/** So many looks one after another have to fail until it counts. */
const FAILED_LOOKS = 6
const LOG = 'data/upgrade.log'

const statusSchema = z.object({
  pid: z.number(),
  version: z.string(),
  isReady: z.boolean(),
  connection: z.string(),
  troubles: z.array(z.object({ component: z.string(), reason: z.string().optional() })).optional(),
})

export type RunningState = z.infer<typeof statusSchema>

/** What runs in a home; `undefined` when nothing takes commands. */
export async function runningState(cli: CliEnvironment): Promise<RunningState | undefined> {
  const ask = { method: 'GET', path: '/api/status', answer: statusSchema } as const
  return askIfRunning(cli, ask).catch(() => undefined)
}

/** A release that was started; with a command of the owner's, its process is unknown. */
export interface StartedRelease {
  /** How it ended; `undefined` while it runs. */
  ended(): string | undefined
  readonly pid: number | undefined
}

/** Starts a release so that it outlives this command. Its output goes to a file. */
export async function startRelease(
  cli: CliEnvironment,
  release: Release,
  command: string | undefined,
): Promise<StartedRelease> {
  await mkdir(join(cli.home, 'data'), { recursive: true })
  const output = openSync(join(cli.home, LOG), 'a', 0o600)
  const environment = { ...cli.environment, PLUGGRAM_HOME: cli.home, PLUGGRAM_RELEASE: undefined }
  const options = { env: environment, stdio: ['ignore', output, output] as const, detached: true }
  const child =
    command === undefined
      ? spawn(process.execPath, [release.program, 'start'], { ...options, stdio: [...options.stdio] })
      : spawn(command, { ...options, stdio: [...options.stdio], shell: true })
  closeSync(output)
  let end: string | undefined
  child.once('error', (error) => (end = error.message))
  child.once('exit', (code, signal) => (end = `it ended with ${signal ?? `exit code ${code}`}`))
  child.unref()
  // a command such as "systemctl start" ends when it is done
  return {
    ended: () => (command === undefined ? end : undefined),
    pid: command === undefined ? child.pid : undefined,
  }
}

/** Runs a command in another release, whatever the home has chosen. @returns its exit code */
export function runInRelease(
  cli: CliEnvironment,
  release: Release,
  args: readonly string[],
): Promise<number> {
  const child = spawn(process.execPath, [release.program, ...args], {
    env: { ...cli.environment, PLUGGRAM_HOME: cli.home, PLUGGRAM_RELEASE: 'own' },
    stdio: 'inherit',
  })
  return new Promise((done, fail) => child.once('error', fail).once('close', (code) => done(code ?? 1)))
}

/** Waits until a release takes commands and, if asked, is ready. @returns why it does not work */
export async function waitUntilReady(
  cli: CliEnvironment,
  { release, started, needsReady }: Watched,
  limitMs: number,
): Promise<string | undefined> {
  const end = Date.now() + limitMs
  let state: RunningState | undefined
  while (Date.now() < end) {
    state = await runningState(cli)
    const runs = state?.version === release.version
    if (runs && (state?.isReady || !needsReady)) return undefined
    const ended = started.ended()
    if (ended !== undefined && !runs) return ended
    await wait(LOOK_MS)
  }
  if (state?.version === release.version) return `it is not ready${troublesOf(state)}`
  return `it has not started within ${Math.round(limitMs / 1_000)} s`
}

export interface Watched {
  readonly release: Release
  readonly started: StartedRelease
  /** False when the release before was not ready either. */
  readonly needsReady: boolean
}

/** Watches a release that works. @returns why it no longer does */
export async function watchRelease(
  cli: CliEnvironment,
  { release, started, needsReady }: Watched,
  forMs: number,
): Promise<string | undefined> {
  const end = Date.now() + forMs
  for (let failed = 0; Date.now() < end; await wait(LOOK_MS)) {
    const state = await runningState(cli)
    const isWell = state?.version === release.version && (state.isReady || !needsReady)
    failed = isWell ? 0 : failed + 1
    const ended = started.ended()
    if (ended !== undefined && !state) return ended
    if (failed >= FAILED_LOOKS)
      return state ? `it is no longer ready${troublesOf(state)}` : 'it takes no commands any more'
  }
  return undefined
}

/** Stops whatever runs in a home, and waits until it is free. */
export async function stopRunning(cli: CliEnvironment, pid?: number): Promise<void> {
  const state = await runningState(cli)
  const stopped = { method: 'POST', path: '/api/stop', answer: z.unknown() } as const
  if (state) await askIfRunning(cli, stopped).catch(() => undefined)
  else if (pid !== undefined) kill(pid, 'SIGTERM')
  const processId = state?.pid ?? pid
  const end = Date.now() + STOP_MS
  while (!isHomeFree(cli.home)) {
    if (Date.now() > end) {
      if (processId === undefined || !isAlive(processId)) throw stillTaken(cli)
      kill(processId, 'SIGKILL')
      await wait(LOOK_MS)
      if (!isHomeFree(cli.home)) throw stillTaken(cli)
    }
    await wait(100)
  }
}

function stillTaken({ home }: CliEnvironment): PluggramError {
  return new PluggramError('command-failed', `An assistant, or another command, still runs in ${home}.`)
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // it has ended by itself
  }
}

function troublesOf({ troubles = [] }: RunningState): string {
  if (troubles.length === 0) return ''
  return `: ${troubles.map(({ component, reason }) => (reason === undefined ? component : `${component} (${reason})`)).join(', ')}`
}

/** The last line that a started release wrote. */
export async function lastWords({ home }: CliEnvironment): Promise<string> {
  const text = await readFile(join(home, LOG), 'utf8').catch(() => '')
  return `${LOG}: ${(text.trim().split('\n').at(-1) ?? '').slice(0, 300)}`
}
