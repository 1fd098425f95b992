import { readFile } from 'node:fs/promises'
import { formatProblem, loadConfiguration } from '@pluggram/config'
import { errorMessage, PluggramError } from '@pluggram/sdk'
import type { BackupLock } from '../backup/encryption.ts'
import type { CliEnvironment } from './cli-environment.ts'

const VARIABLE = 'PLUGGRAM_BACKUP_PASSPHRASE'
const SECRET_KEY = /^AGE-SECRET-KEY-(?:PQ-)?1\w+/im

/** The passphrase of the environment, .env, the file that `…_FILE` names, or the store. */
async function passphraseOf(cli: CliEnvironment): Promise<string | undefined> {
  const loaded = await loadConfiguration(cli)
  const unreadable = loaded.problems.find(({ path }) => path === `${VARIABLE}_FILE`)
  if (unreadable) throw new PluggramError('command-failed', formatProblem(unreadable, loaded))
  return loaded.environment[VARIABLE]
}

/** How a new backup is locked. @throws PluggramError `command-failed` when nothing says how */
export async function lockFor(cli: CliEnvironment, recipient: string | undefined): Promise<BackupLock> {
  if (recipient !== undefined) return { kind: 'key', key: recipient.trim() }
  const passphrase = await passphraseOf(cli)
  if (passphrase) return { kind: 'passphrase', passphrase }
  throw new PluggramError(
    'command-failed',
    `A backup contains your tokens and everybody's messages, so it is always encrypted. Set ${VARIABLE} (or ${VARIABLE}_FILE) to a passphrase, or give a public key of age with --recipient.`,
  )
}

/** How an existing backup is opened. @throws PluggramError `command-failed` */
export async function keyFor(cli: CliEnvironment, identity: string | undefined): Promise<BackupLock> {
  if (identity !== undefined) {
    const [key] = SECRET_KEY.exec(await read(identity, '--identity')) ?? []
    if (key) return { kind: 'key', key }
    throw new PluggramError(
      'command-failed',
      `${identity} has no secret key of age. It is a line that begins with AGE-SECRET-KEY-1.`,
    )
  }
  const passphrase = await passphraseOf(cli)
  if (passphrase) return { kind: 'passphrase', passphrase }
  throw new PluggramError(
    'command-failed',
    `Set ${VARIABLE} (or ${VARIABLE}_FILE) to the passphrase of the backup, or give its key with --identity.`,
  )
}

async function read(file: string, from: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new PluggramError('command-failed', `${from}: ${file} cannot be read: ${errorMessage(error)}.`, {
      cause: error,
    })
  }
}
