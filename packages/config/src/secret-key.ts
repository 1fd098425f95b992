import { stat } from 'node:fs/promises'
import path from 'node:path'
import { Failure } from '@pluggram/sdk/runtime'
import { readTextFile } from './read-text-file.ts'

/** The key of a home that has no other place for it. */
const OWN_KEY_FILE = 'secrets.key'
/** The name of the credential that systemd hands over: `LoadCredential=pluggram-secrets-key:FILE`. */
const SYSTEMD_CREDENTIAL = 'pluggram-secrets-key'
const IDENTITY = /^AGE-SECRET-KEY-(?:PQ-)?1\w+$/im
/** Folders whose files only this service sees, whatever their rights say. */
const PRIVATE_FOLDERS = ['/run/secrets/', '/var/run/secrets/']
const WORLD = 0o004

type Variables = Readonly<Record<string, string | undefined>>

/** Where the key of the store is. */
export interface KeyPlace {
  readonly file: string
  readonly from: 'PLUGGRAM_SECRETS_KEY_FILE' | 'systemd' | 'home'
}

/** Finds the key's place: the variable, else systemd's credential, else the home. */
export async function findKey(home: string, variables: Variables): Promise<KeyPlace> {
  const { PLUGGRAM_SECRETS_KEY_FILE: named, CREDENTIALS_DIRECTORY: credentials } = variables
  if (named) return { file: path.resolve(home, named), from: 'PLUGGRAM_SECRETS_KEY_FILE' }
  if (credentials) {
    const file = path.join(credentials, SYSTEMD_CREDENTIAL)
    if (await stat(file).catch(() => undefined)) return { file, from: 'systemd' }
  }
  return { file: path.join(home, OWN_KEY_FILE), from: 'home' }
}

/**
 * Reads the key.
 * @returns `undefined` when there is no file
 * @throws Failure when other accounts may read it, or it is no key
 */
export async function readKey({ file, from }: KeyPlace): Promise<string | undefined> {
  const { text, problem } = await readTextFile(file)
  if (problem) throw new Failure('secrets-key-unusable', { subject: file, reason: problem.message })
  if (text === undefined) return undefined
  const isPrivate = from === 'systemd' || PRIVATE_FOLDERS.some((folder) => file.startsWith(folder))
  const { mode } = await stat(file)
  if (process.platform !== 'win32' && !isPrivate && (mode & WORLD) !== 0)
    throw new Failure('secrets-key-exposed', { subject: file })
  const [identity] = IDENTITY.exec(text) ?? []
  if (identity !== undefined) return identity
  throw new Failure('secrets-key-unusable', { subject: file, reason: 'no line begins with AGE-SECRET-KEY-1' })
}
