import { execFile } from 'node:child_process'
import { existsSync, lstatSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import { machineTimeZone } from '@pluggram/base'
import type { Readable } from 'node:stream'
import { findProgram } from './find-program.ts'

/** The system's files that a sandboxed process can access. */
export interface SandboxFiles {
  /** Files that it may read, or folders if they end in `/*`. */
  readonly readable: readonly string[]
  readonly writable: readonly string[]
  readonly workingDirectory: string
}

/** The file descriptor on which bubblewrap reports the pid of the process that it started. */
export const SANDBOX_INFO_FD = 4

/** What Node itself needs: system libraries and the time zone. */
const SYSTEM_FILES = ['/usr/lib', '/usr/lib64', '/lib', '/lib64', '/etc/localtime', '/etc/ld.so.cache']
const PROBE_MS = 5_000

/** Separate namespaces, no capabilities, a new session, and exit with the parent. */
const WALLS = [
  '--unshare-user',
  '--unshare-ipc',
  '--unshare-pid',
  '--unshare-net',
  '--unshare-uts',
  '--unshare-cgroup-try',
  '--cap-drop',
  'ALL',
  '--new-session',
  '--die-with-parent',
  '--as-pid-1',
  '--clearenv',
]

let problem: Promise<string | undefined> | undefined

/**
 * Why bubblewrap cannot be used on this machine, for its owner to read; `undefined` when it can.
 * Checked once.
 */
export function bubblewrapProblem(): Promise<string | undefined> {
  return (problem ??= probe())
}

/** The program and its arguments. Append the command to run inside. */
export function bubblewrapCommand(files: SandboxFiles): readonly [string, readonly string[]] {
  const program = findProgram('bwrap')
  if (program === undefined) throw new Error('there is no bwrap')
  const mounts = [...SYSTEM_FILES, process.execPath, ...files.readable].map(withoutStar)
  return [
    program,
    [
      ...WALLS,
      '--setenv',
      'TZ',
      machineTimeZone(),
      '--proc',
      '/proc',
      '--dev',
      '/dev',
      ...outermost(mounts).flatMap(mountReadOnly),
      ...files.writable.map(withoutStar).flatMap((folder) => ['--bind', folder, folder]),
      '--remount-ro',
      '/',
      '--chdir',
      files.workingDirectory,
      '--info-fd',
      String(SANDBOX_INFO_FD),
      '--',
    ],
  ]
}

/** Reads the pid, outside the sandbox, of the process that bubblewrap started. */
export async function readSandboxedPid(info: Readable): Promise<number | undefined> {
  let text = ''
  try {
    for await (const chunk of info.setEncoding('utf8')) text += String(chunk)
  } catch {
    // it ended before it reported a pid
  }
  const pid = Number(/"child-pid":\s*(?<pid>\d+)/.exec(text)?.groups?.['pid'])
  return Number.isInteger(pid) ? pid : undefined
}

async function probe(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'there is none for this system'
  const program = findProgram('bwrap')
  if (program === undefined) return 'it is not installed (the package is called bubblewrap)'
  const args = [
    ...WALLS,
    '--ro-bind',
    '/',
    '/',
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--',
    process.execPath,
    '-v',
  ]
  return new Promise((resolve) => {
    execFile(program, args, { env: {}, timeout: PROBE_MS }, (error, _stdout, stderr) => {
      const [reason = ''] = (stderr || (error?.message ?? '')).trim().split('\n')
      resolve(error ? `it does not work here: ${reason}` : undefined)
    })
  })
}

/** The paths that exist, without those inside another listed folder. */
function outermost(files: readonly string[]): readonly string[] {
  const folders: string[] = []
  return [...new Set(files)].toSorted().filter((file) => {
    if (!existsSync(file) || folders.some((folder) => file.startsWith(folder))) return false
    if (lstatSync(file).isDirectory()) folders.push(file + path.sep)
    return true
  })
}

function mountReadOnly(file: string): readonly string[] {
  // keep symbolic links, so that Node sees the real paths
  if (lstatSync(file).isSymbolicLink()) {
    return ['--symlink', path.resolve(path.dirname(file), readlinkSync(file)), file]
  }
  return ['--ro-bind', file, file]
}

function withoutStar(file: string): string {
  return file.endsWith(`${path.sep}*`) ? file.slice(0, -2) : file
}
