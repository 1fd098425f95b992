import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFileSync } from '@pluggram/base'
import { fileFailure } from '@pluggram/sdk/runtime'
import { createLoginToken } from './login-links.ts'

const OWNER_ONLY = 0o600

/** The key that marks the password and browsers; kept, so that a restart logs nobody out. */
export function loadSessionKey(dataFolder: string): string {
  const file = join(dataFolder, 'session.key')
  try {
    const key = readFileSync(file, 'utf8').trim()
    if (key.length >= 32) {
      // a copied home may have given it to everybody
      if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, OWNER_ONLY)
      return key
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') throw fileFailure(code, file, error)
  }
  const key = randomBytes(32).toString('base64url')
  replaceFileSync(file, key, { mode: OWNER_ONLY, makesFolder: true })
  return key
}

/** A key for the login links of one run. */
export function createLoginKey(): string {
  return randomBytes(32).toString('base64url')
}

export function loginLink(url: string, key: string): string {
  return `${url}/login?token=${createLoginToken(key)}`
}
