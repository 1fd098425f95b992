import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { dirname } from 'node:path'
import { Failure } from '@pluggram/sdk/runtime'

/**
 * Windows has no such owners and modes; there the random name of a pipe, kept in the user's own
 * folder, protects the door.
 */
export const HAS_OWNERS = process.platform !== 'win32'

/**
 * Makes a folder that only this user can enter, or tightens the rights of the one that is there.
 * @throws PluggramError `command-failed` when something else is in its place
 */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  const reason = whyNotOwn(found, 'folder', folder)
  if (reason !== undefined) throw untrusted(folder, reason)
  if (HAS_OWNERS && (found.mode & 0o077) !== 0) chmodSync(folder, 0o700)
}

/**
 * Checks something that another user could have planted.
 * @returns false when nothing is there
 * @throws PluggramError `command-failed` when it is a link, something else, another user's, or a
 * folder that others may enter
 */
export function checkOwn(path: string, kind: 'folder' | 'socket' | 'file'): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return false
  const isOpen = HAS_OWNERS && kind === 'folder' && (found.mode & 0o077) !== 0
  const reason = whyNotOwn(found, kind, path) ?? (isOpen ? 'other users may enter it' : undefined)
  if (reason !== undefined) throw untrusted(path, reason)
  return true
}

function whyNotOwn(found: Stats, kind: 'folder' | 'socket' | 'file', path: string): string | undefined {
  const isKind = { folder: found.isDirectory(), socket: found.isSocket(), file: found.isFile() }[kind]
  if (!isKind) return `it is ${found.isSymbolicLink() ? 'a symbolic link' : 'something else'}, not a ${kind}`
  return HAS_OWNERS && !isOwner(found.uid, path) ? 'it belongs to another user' : undefined
}

/** Root may also act for the owner of the surrounding folder, as `docker exec` does. */
function isOwner(owner: number, path: string): boolean {
  const user = process.getuid?.()
  return owner === user || (user === 0 && owner === lstatSync(dirname(path)).uid)
}

function untrusted(path: string, reason: string): Failure {
  return new Failure('not-private', { subject: path, reason }, 'command-failed')
}
