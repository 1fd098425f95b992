import type { Decrypter, Encrypter } from 'age-encryption'
import { PluggramError } from '@pluggram/sdk'

/** How a backup is locked: with a passphrase, or for the holder of a key. */
export type BackupLock =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  /** To lock: a public key, `age1…`. To open: the secret key, `AGE-SECRET-KEY-1…`. */
  | { readonly kind: 'key'; readonly key: string }

export interface Encryption {
  encrypt(plain: ReadableStream<Uint8Array>): Promise<ReadableStream<Uint8Array>>
  /** Opens what was encrypted, in this process only, to check it. */
  readonly opener: BackupLock
}

/**
 * Prepares to encrypt an age file, which the `age` tool can open, too. With a public key alone
 * nobody here could read the file back, so it gets a second key, which is never written anywhere.
 * @throws PluggramError `command-failed` when the key is not a public key of age
 */
export async function createEncryption(lock: BackupLock): Promise<Encryption> {
  const { Encrypter, generateHybridIdentity, generateX25519Identity, identityToRecipient } =
    await import('age-encryption')
  const encrypter: Encrypter = new Encrypter()
  const encrypt: Encryption['encrypt'] = (plain) => encrypter.encrypt(plain)
  if (lock.kind === 'passphrase') {
    encrypter.setPassphrase(lock.passphrase)
    return { encrypt, opener: lock }
  }
  explainKey(() => encrypter.addRecipient(lock.key), 'a public key of age, which begins with "age1"')
  // a key that resists quantum computers is not joined with one that does not
  const isHybrid = lock.key.startsWith('age1pq1')
  const identity = await (isHybrid ? generateHybridIdentity() : generateX25519Identity())
  encrypter.addRecipient(await identityToRecipient(identity))
  return { encrypt, opener: { kind: 'key', key: identity } }
}

/**
 * Decrypts an age file. The stream fails when the file was changed or cut.
 * @throws PluggramError `command-failed` when the passphrase or the key does not open it
 */
export async function decrypt(
  secret: ReadableStream<Uint8Array>,
  lock: BackupLock,
  file: string,
): Promise<ReadableStream<Uint8Array>> {
  const { Decrypter } = await import('age-encryption')
  const decrypter: Decrypter = new Decrypter()
  if (lock.kind === 'passphrase') decrypter.addPassphrase(lock.passphrase)
  else
    explainKey(
      () => decrypter.addIdentity(lock.key),
      'a secret key of age, which begins with "AGE-SECRET-KEY-1"',
    )
  try {
    return await decrypter.decrypt(secret)
  } catch (error) {
    throw new PluggramError('command-failed', explainRefusal(error, lock, file), { cause: error })
  }
}

function explainKey(use: () => void, expected: string): void {
  try {
    use()
  } catch (error) {
    throw new PluggramError('command-failed', `The key is not ${expected}. Check that it was copied whole.`, {
      cause: error,
    })
  }
}

function explainRefusal(error: unknown, { kind }: BackupLock, file: string): string {
  const text = error instanceof Error ? error.message : ''
  if (!/no identity matched|HMAC/.test(text)) {
    return `${file} is not a backup, or it is damaged: it does not begin as an encrypted file of age does.`
  }
  return kind === 'passphrase'
    ? `The passphrase does not open ${file}. Set PLUGGRAM_BACKUP_PASSPHRASE to the one it was made with, or give the key with --identity.`
    : `The key does not open ${file}. Give the key that belongs to its recipient, or set PLUGGRAM_BACKUP_PASSPHRASE.`
}
