import { execFile, spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { Duplex, Readable } from 'node:stream'
import { dieFirst, machineTimeZone } from '@pluggram/base'
import { bubblewrapCommand, readSandboxedPid, SANDBOX_INFO_FD } from './bubblewrap.ts'
import { lendCodeCache } from './code-cache.ts'
import { findProgram } from './find-program.ts'
import { readDataBytes, readUsage } from './proc-files.ts'
import { CHANNEL_FD } from '../wire/protocol.ts'
import { runtimePaths } from './readable-paths.ts'

export interface LaunchOptions {
  readonly memoryMb: number
  /** Paths the process may read, besides Pluggram's own. */
  readonly readable: readonly string[]
  readonly writable: readonly string[]
  readonly workingDirectory: string
  /** The home's folder for compiled code, if the installation's cannot be used. */
  readonly cacheFolder?: string
  /** Runs it inside bubblewrap; `bubblewrapProblem` says whether that is possible. */
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

/** A newly started plugin process, or a seat in one. No message has been sent to it yet. */
export interface LaunchedProcess {
  readonly pid: number | undefined
  readonly channel: Duplex
  readonly output: readonly Readable[]
  /**
   * The pid of the Node process, which in the sandbox is not `pid`. `undefined` when it ended too
   * early.
   */
  workerPid(): Promise<number | undefined>
  kill(): void
  onEnd(listener: (end: ProcessEnd) => void): void
  /** Set when the process is shared. */
  readonly seat?: Seat
}

/** A plugin's place in a process that it shares. */
export interface Seat {
  /** Registers how to check whether the plugin is busy, to find the cause of a crash. */
  occupy(isBusy: () => boolean): void
  /** The plugin starts now. Until it has started, the process may be silent for longer. */
  beginStart(seconds: number): void
  settle(): void
  /** Marks this plugin as the cause of the process's end. */
  blame(): void
  /**
   * Why the process ended, from this plugin's view; `undefined` when the exit itself is all that is
   * known.
   */
  verdict(): { readonly reason: string; readonly isOwnFault: boolean } | undefined
}

const ENTRY = fileURLToPath(new URL('child-entry.js', import.meta.url))
/** Plugins run at a lower priority than the host, which must stay responsive. */
const NICENESS = 5
/** Files and sockets that one plugin process may hold open. */
const MAX_OPEN_FILES = 256
const HEAP_SHARE = 0.7
/**
 * Stacks of libuv's four threads, which start with the first file or lookup. The kernel counts them
 * whole, although nearly nothing of them is used; without this room a small plugin ended by SIGSEGV.
 */
const THREAD_STACK_BYTES = 4 * 8 * 1_048_576

/**
 * Starts Node with almost no rights. It has an empty environment, and no handles except the channel
 * and its output. The permission model denies network, child processes, workers, addons and WASI;
 * `node:sqlite` and `node:ffi` are disabled: the permission model does not cover the first, and the
 * second reads the process's memory.
 */
export function launch(options: LaunchOptions): LaunchedProcess {
  const { cacheFolder, isSandboxed } = options
  const codeCache = isSandboxed ? undefined : lendCodeCache(cacheFolder)
  const cache = codeCache === undefined ? [] : [codeCache]
  const readable = [...runtimePaths(), ...options.readable, ...cache]
  const writable = [...options.writable, ...cache]
  const args = [
    '--permission',
    '--no-experimental-sqlite',
    '--no-experimental-ffi',
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
    // all else of the environment may be secret; without the zone its clock differs from the host's
    env: { TZ: machineTimeZone() },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', isSandboxed ? 'pipe' : 'ignore'],
  })
  // other listeners handle a failed start; this one only keeps the event from being unhandled
  child.once('error', () => {})
  // the link still exists if the process ended before returning it
  if (codeCache !== undefined) child.once('close', () => void rm(codeCache, { force: true }).catch(() => {}))
  if (child.pid !== undefined) {
    lowerPriority(child.pid)
    dieFirst(child.pid)
  }
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
      // a process that never ran emits no close event
      child.once('error', (error) => {
        if (child.pid === undefined) listener({ code: null, signal: null, error })
      })
    },
  }
}

/**
 * Limits the memory of a process, after Node itself has started.
 * @returns the process that runs Node; `undefined` when it cannot be found
 */
export async function limitMemory(launched: LaunchedProcess, memoryMb: number): Promise<number | undefined> {
  const worker = await launched.workerPid()
  if (worker === undefined) return undefined
  // inside a sandbox it is another process than the one that was started
  dieFirst(worker)
  const dataBytes = await readDataBytes(worker)
  const usage = readUsage(worker)
  if (usage && dataBytes !== undefined) {
    await limitResources(worker, memoryMb * 1_048_576 - usage.residentBytes, dataBytes)
  }
  return worker
}

/**
 * Limits memory beyond what Node itself needs, open files and core dumps. Without `prlimit` (part
 * of every Linux), only the watch over resident memory remains.
 */
async function limitResources(pid: number, moreBytes: number, dataBytes: number): Promise<void> {
  const program = findProgram('prlimit')
  if (program === undefined) return
  const args = [
    `--pid=${pid}`,
    `--data=${Math.round(dataBytes + moreBytes + THREAD_STACK_BYTES)}`,
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
    // it has already ended, or the system does not allow it; not essential
  }
}
