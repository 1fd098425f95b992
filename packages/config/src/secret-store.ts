import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { replaceFile } from '@pluggram/base'
import { fileFailure, Failure } from '@pluggram/sdk/runtime'
import { z } from 'zod'
import { errorCode } from './read-text-file.ts'
import { findKey, readKey } from './secret-key.ts'
import type { KeyPlace } from './secret-key.ts'

/** The encrypted store in a home; `age -d -i secrets.key secrets.age` opens it, too. */
export const STORE_FILE = 'secrets.age'
const OWNER_ONLY = 0o600

const contentSchema = z.object({
  version: z.literal(1),
  secrets: z.record(z.string(), z.object({ value: z.string(), changedAt: z.string() })),
})

/** A secret of the store. */
export interface StoredSecret {
  readonly value: string
  /** ISO 8601. */
  readonly changedAt: string
}

type Secrets = ReadonlyMap<string, StoredSecret>
type Variables = Readonly<Record<string, string | undefined>>

/**
 * Reads the store. The code of age is loaded only when there is one.
 * @returns `undefined` when there is no store
 * @throws Failure when the key is missing or wrong, or the store is damaged
 */
export async function readSecretStore(home: string, variables: Variables): Promise<Secrets | undefined> {
  const file = path.join(home, STORE_FILE)
  const bytes = await readFile(file).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined
    throw fileFailure(errorCode(error), file, error)
  })
  if (bytes === undefined) return undefined
  const place = await findKey(home, variables)
  const key = await readKey(place)
  if (key === undefined) throw new Failure('secrets-key-missing', { subject: place.file, reason: file })
  return parse(await decrypt(bytes, key, { file, place }), file)
}

/**
 * Writes the whole store, or leaves the old one. The first time it makes a key in the home, unless one
 * is there.
 * @throws Failure when the key cannot be used, or the file not be written
 */
export async function writeSecretStore(home: string, secrets: Secrets, variables: Variables): Promise<void> {
  const place = await findKey(home, variables)
  const key = (await readKey(place)) ?? (await makeKey(place))
  await write(home, secrets, [key])
}

/**
 * Gives the store another key. In between, both open it: whenever the power fails, the key on the disk
 * fits.
 * @throws Failure when there is no store, or the key lies where it cannot be changed
 */
export async function rotateSecretKey(home: string, variables: Variables): Promise<KeyPlace> {
  const place = await findKey(home, variables)
  if (place.from === 'systemd') throw new Failure('secrets-key-elsewhere', { subject: place.file })
  const secrets = await readSecretStore(home, variables)
  const old = await readKey(place)
  if (!secrets || old === undefined) throw new Failure('secrets-store-missing', { subject: home })
  const { generateX25519Identity } = await import('age-encryption')
  const key = await generateX25519Identity()
  await write(home, secrets, [old, key])
  await writeKey(place, key)
  await write(home, secrets, [key])
  return place
}

async function makeKey(place: KeyPlace): Promise<string> {
  const { generateX25519Identity } = await import('age-encryption')
  const key = await generateX25519Identity()
  await writeKey(place, key)
  return key
}

async function writeKey({ file }: KeyPlace, key: string): Promise<void> {
  const text = `# the key of ${STORE_FILE}: whoever has both reads every secret\n${key}\n`
  await save(file, text)
}

async function write(home: string, secrets: Secrets, keys: readonly string[]): Promise<void> {
  const { Encrypter, identityToRecipient } = await import('age-encryption')
  const encrypter = new Encrypter()
  for (const key of keys) encrypter.addRecipient(await identityToRecipient(key))
  const content = { version: 1, secrets: Object.fromEntries(secrets) }
  await save(path.join(home, STORE_FILE), await encrypter.encrypt(JSON.stringify(content)))
}

async function save(file: string, data: string | Uint8Array): Promise<void> {
  try {
    await replaceFile(file, data, { mode: OWNER_ONLY })
  } catch (error) {
    throw fileFailure(errorCode(error), file, error)
  }
}

async function decrypt(
  bytes: Buffer,
  key: string,
  { file, place }: { readonly file: string; readonly place: KeyPlace },
): Promise<string> {
  const { Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  try {
    decrypter.addIdentity(key)
  } catch (error) {
    throw new Failure('secrets-key-unusable', {
      subject: place.file,
      reason: 'it is not whole',
      cause: error,
    })
  }
  try {
    return await decrypter.decrypt(bytes, 'text')
  } catch (error) {
    const isOther = error instanceof Error && error.message.includes('no identity matched')
    throw isOther
      ? new Failure('secrets-key-wrong', { subject: place.file, reason: file, cause: error })
      : new Failure('secrets-damaged', { subject: file, cause: error })
  }
}

function parse(text: string, file: string): Secrets {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw new Failure('secrets-damaged', { subject: file, cause: error })
  }
  const parsed = contentSchema.safeParse(content)
  if (!parsed.success) throw new Failure('secrets-damaged', { subject: file })
  return new Map(Object.entries(parsed.data.secrets))
}
