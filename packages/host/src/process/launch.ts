import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { Duplex } from 'node:stream'
import type { Readable } from 'node:stream'
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
  readonly codeCache?: string
}

/** A plugin process that was started; nothing was said to it yet. */
export interface LaunchedProcess {
  readonly child: ChildProcess
  readonly channel: Duplex
  readonly output: readonly Readable[]
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
  const { codeCache } = options
  const cache = codeCache === undefined ? [] : [codeCache]
  const args = [
    '--permission',
    '--no-experimental-sqlite',
    '--no-addons',
    '--disable-sigusr1',
    '--disable-warning=ExperimentalWarning',
    '--v8-pool-size=1',
    `--max-old-space-size=${Math.floor(options.memoryMb * HEAP_SHARE)}`,
    '--max-semi-space-size=4',
    ...[...runtimePaths(), ...options.readable, ...cache].map((path) => `--allow-fs-read=${path}`),
    ...[...options.writable, ...cache].map((path) => `--allow-fs-write=${path}`),
    ENTRY,
    codeCache ?? '',
  ]
  const [command, prefix] = endsWithParent()
  const child = spawn(command, [...prefix, ...args], {
    cwd: options.workingDirectory,
    env: {},
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  // a failure to start is told to every listener; here it only must not go unheard
  child.once('error', () => {})
  if (child.pid !== undefined) lowerPriority(child.pid)
  const { stdout, stderr } = child
  const channel = child.stdio[CHANNEL_FD]
  if (!stdout || !stderr || !(channel instanceof Duplex)) throw new Error('the system gave it no process')
  return { child, channel, output: [stdout, stderr] }
}

/**
 * Limits what the process can take from now on: memory beyond what Node itself needed so far, open files, core dumps.
 * Without the program for it (it comes with every Linux) the watch over its resident memory remains.
 */
export async function limitResources(pid: number, moreBytes: number, dataBytes: number): Promise<void> {
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

const programs = new Map<string, string | undefined>()

function findProgram(name: string): string | undefined {
  if (!programs.has(name)) {
    const places = process.platform === 'linux' ? ['/usr/bin', '/bin', '/usr/sbin'] : []
    programs.set(
      name,
      places.map((place) => `${place}/${name}`).find((file) => existsSync(file)),
    )
  }
  return programs.get(name)
}

function lowerPriority(pid: number): void {
  try {
    os.setPriority(pid, NICENESS)
  } catch {
    // it ended already, or the system does not allow it: a courtesy only
  }
}
