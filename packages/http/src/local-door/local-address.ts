import { randomUUID } from 'node:crypto'
import { lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { PluggramError } from '@pluggram/sdk'
import { checkOwn, HAS_OWNERS, makePrivateFolder } from './private-folder.ts'

/** A socket's path has 104 bytes on macOS and 108 on Linux, the closing zero included. */
const MAX_PATH_BYTES = 100
const PROBE_MS = 1_000
const TEMPORARY = 'pluggram-door-'
const PIPE = String.raw`\\.\pipe\pluggram-`

/**
 * Where a door stands. `folder` is private to its owner; in it is the socket itself, or, where the
 * path would be too long and on Windows, a file `address` that names a socket in a private
 * temporary folder, or a pipe.
 */
export function findAddress(folder: string): string | undefined {
  const isEmpty = ['socket', 'address'].every((name) => !isThere(join(folder, name)))
  // an empty folder may have any mode: copying a home often changes it
  if (isEmpty || !checkOwn(folder, 'folder')) return undefined
  const address = readNote(folder) ?? join(folder, 'socket')
  if (address.startsWith(PIPE)) return address
  const home = dirname(address)
  if (home !== folder && !checkOwn(home, 'folder')) return undefined
  return checkOwn(address, 'socket') ? address : undefined
}

/**
 * Prepares the address that a door is about to listen on. Removes what a killed process left.
 * @throws PluggramError `command-failed` when a living process listens there, or something else is
 * in its place
 */
export async function claimAddress(folder: string): Promise<string> {
  makePrivateFolder(folder)
  const before = findAddress(folder)
  if (before !== undefined) {
    if (await answers(before))
      throw new PluggramError('command-failed', `Another program listens at ${before}. Stop it first.`)
    removeAddress(folder, before)
  }
  rmSync(join(folder, 'address'), { force: true })
  const direct = join(folder, 'socket')
  if (HAS_OWNERS && Buffer.byteLength(direct) <= MAX_PATH_BYTES) return direct
  const address = HAS_OWNERS ? join(makeTemporaryFolder(), 'socket') : `${PIPE}${randomUUID()}`
  writeFileSync(join(folder, 'address'), address, { mode: 0o600, flag: 'wx' })
  return address
}

/** Removes what `claimAddress` made, once nobody listens there any more. */
export function removeAddress(folder: string, address: string): void {
  rmSync(join(folder, 'address'), { force: true })
  if (address.startsWith(PIPE)) return
  rmSync(address, { force: true })
  const parent = dirname(address)
  if (parent !== folder && basename(parent).startsWith(TEMPORARY))
    rmSync(parent, { recursive: true, force: true })
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function readNote(folder: string): string | undefined {
  const file = join(folder, 'address')
  if (!checkOwn(file, 'file')) return undefined
  const address = readFileSync(file, 'utf8')
  if (HAS_OWNERS ? isAbsolute(address) : address.startsWith(PIPE)) return address
  throw new PluggramError('command-failed', `${file} is damaged. Delete it, and start the assistant again.`)
}

function makeTemporaryFolder(): string {
  const folder = tmpdir()
  const isShort = Buffer.byteLength(join(folder, `${TEMPORARY}123456`, 'socket')) <= MAX_PATH_BYTES
  return mkdtempSync(join(isShort ? folder : '/tmp', TEMPORARY))
}

/** Whether a process listens there, even one that is too busy to answer. */
function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address)
    const end = (isAnswered: boolean): void => {
      socket.destroy()
      resolve(isAnswered)
    }
    socket.setTimeout(PROBE_MS, () => end(true))
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
