import { execFile, spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { Duplex, Readable } from 'node:stream'
import { bubblewrapCommand, readSandboxedPid, SANDBOX_INFO_FD } from './bubblewrap.ts'
import { lendCodeCache } from './code-cache.ts'
import { findProgram } from './find-program.ts'
import { readDataBytes, readUsage } from './proc-files.ts'
import { CHANNEL_FD } from './protocol.ts'
import { runtimePaths } from './readable-paths.ts'

export interface LaunchOptions {
  readonly memoryMb: number
  /** Paths the process may read, besides Pluggram's own. */
  readonly readable: readonly string[]
  /** Paths it may write. */
  readonly writable: readonly string[]
  /** Its current folder. */
  readonly workingDirectory: string
  /** Holds compiled code of earlier processes; in the sandbox nothing is kept. */
  readonly cacheFolder?: string
  /** Walls of the kernel around it; `bubblewrapProblem` says whether there can be any. */
  readonly isSandboxed: boolean
  /** Several plugins share the process, under this name. */
  readonly group?: string
}

/** How a process ended; `error` when it could not even be started. */
export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly error?: Error
}

/** A plugin process that was started, or a seat in one; nothing was said to it yet. */
export interface LaunchedProcess {
  readonly pid: number | undefined
  readonly channel: Duplex
  readonly output: readonly Readable[]
  /** The process that runs Node: in the sandbox another one than `pid`. `undefined` when it ended too early. */
  workerPid(): Promise<number | undefined>
  kill(): void
  onEnd(listener: (end: ProcessEnd) => void): void
  /** Set when others are in the same process. */
  readonly seat?: Seat
}

/** A plugin's place in a process that it shares. */
export interface Seat {
  /** Lets the process know who is at work when something goes wrong. */
  occupy(isBusy: () => boolean): void
  /** It is this plugin that ends the process. */
  blame(): void
  /** Why the process ended, as it concerns this plugin; `undefined` when nobody knows more than the process itself. */
  verdict(): { readonly reason: string; readonly isOwnFault: boolean } | undefined
}

const ENTRY = fileURLToPath(new URL('child-entry.js', import.meta.url))
/** Plugins give way to the host, which has to answer everybody. */
const NICENESS = 5
/** Files and sockets that one plugin process may hold open. */
const MAX_OPEN_FILES = 256
const HEAP_SHARE = 0.7

/**
 * Starts a Node that may do next to nothing: an empty environment, no handles but the channel and its output, the
 * permission model without network, child processes, workers, addons and WASI, and no `node:sqlite`, which the
 * permission model does not cover.
 */
export function launch(options: LaunchOptions): LaunchedProcess {
  const { cacheFolder, isSandboxed } = options
  const codeCache = cacheFolder === undefined || isSandboxed ? undefined : lendCodeCache(cacheFolder)
  const cache = codeCache === undefined ? [] : [codeCache]
  const readable = [...runtimePaths(), ...options.readable, ...cache]
  const writable = [...options.writable, ...cache]
  const args = [
    '--permission',
    '--no-experimental-sqlite',
    '--no-addons',
    '--disable-sigusr1',
    '--disable-warning=ExperimentalWarning',
    '--v8-pool-size=1',
    `--max-old-space-size=${Math.floor(options.memoryMb * HEAP_SHARE)}`,
    '--max-semi-space-size=4',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    ...writable.map((path) => `--allow-fs-write=${path}`),
    ENTRY,
    codeCache ?? '',
    options.group ?? '',
  ]
  const [command, prefix] = isSandboxed
    ? bubblewrapCommand({ readable, writable, workingDirectory: options.workingDirectory })
    : endsWithParent()
  const child = spawn(command, [...prefix, ...(isSandboxed ? [process.execPath] : []), ...args], {
    cwd: options.workingDirectory,
    env: {},
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', isSandboxed ? 'pipe' : 'ignore'],
  })
  // a failure to start is told to every listener; here it only must not go unheard
  child.once('error', () => {})
  // there, if it did not get as far as to return it
  if (codeCache !== undefined) child.once('close', () => void rm(codeCache, { force: true }).catch(() => {}))
  if (child.pid !== undefined) lowerPriority(child.pid)
  const { stdout, stderr } = child
  const channel = child.stdio[CHANNEL_FD]
  if (!stdout || !stderr || !(channel instanceof Duplex)) throw new Error('the system gave it no process')
  const info = child.stdio[SANDBOX_INFO_FD]
  const inner = isSandboxed && info instanceof Readable ? readSandboxedPid(info) : Promise.resolve(child.pid)
  return {
    pid: child.pid,
    channel,
    output: [stdout, stderr],
    workerPid: () => inner,
    kill: () => void child.kill('SIGKILL'),
    onEnd(listener) {
      child.once('close', (code, signal) => listener({ code, signal }))
      // what never ran does not close
      child.once('error', (error) => {
        if (child.pid === undefined) listener({ code: null, signal: null, error })
      })
    },
  }
}

/**
 * Limits the memory of a process to what is allowed, once Node itself has what it needs.
 * @returns the process that runs Node; `undefined` when it cannot be found
 */
export async function limitMemory(launched: LaunchedProcess, memoryMb: number): Promise<number | undefined> {
  const worker = await launched.workerPid()
  if (worker === undefined) return undefined
  const dataBytes = await readDataBytes(worker)
  const usage = readUsage(worker)
  if (usage && dataBytes !== undefined) {
    await limitResources(worker, memoryMb * 1_048_576 - usage.residentBytes, dataBytes)
  }
  return worker
}

/**
 * Limits what the process can take from now on: memory beyond what Node itself needed so far, open files, core dumps.
 * Without the program for it (it comes with every Linux) the watch over its resident memory remains.
 */
async function limitResources(pid: number, moreBytes: number, dataBytes: number): Promise<void> {
  const program = findProgram('prlimit')
  if (program === undefined) return
  const args = [
    `--pid=${pid}`,
    `--data=${Math.round(dataBytes + moreBytes)}`,
    `--nofile=${MAX_OPEN_FILES}`,
    '--core=0',
  ]
  await new Promise<void>((resolve) => {
    execFile(program, args, { env: {}, timeout: 2_000 }, () => resolve())
  })
}

/** On Linux the kernel ends the process with its parent, even while its event loop is blocked. */
function endsWithParent(): readonly [string, readonly string[]] {
  const program = findProgram('setpriv')
  if (program === undefined) return [process.execPath, []]
  return [program, ['--pdeathsig', 'KILL', '--', process.execPath]]
}

function lowerPriority(pid: number): void {
  try {
    os.setPriority(pid, NICENESS)
  } catch {
    // it ended already, or the system does not allow it: a courtesy only
  }
}
