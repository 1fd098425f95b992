import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import { errorMessage, isPluggramError, PluggramError } from '@pluggram/sdk'
import { decrypt } from './encryption.ts'
import type { BackupLock, Encryption } from './encryption.ts'
import { HOME_FOLDER, MANIFEST_FILE, manifestSchema } from './manifest.ts'
import type { BackupManifest } from './manifest.ts'

const MAX_MANIFEST_BYTES = 64 * 1024 * 1024

/** Writes a folder as an encrypted tar archive. */
export async function writeArchive(folder: string, file: string, { encrypt }: Encryption): Promise<void> {
  const { packTar } = await import('modern-tar/fs')
  const secret = await encrypt(toWeb(packTar(folder)))
  // flushed before the file gets its final name
  await pipeline(fromWeb(secret), createWriteStream(file, { mode: 0o600, flags: 'wx', flush: true }))
}

/**
 * Reads a whole archive and compares every file with the manifest.
 * @throws PluggramError `command-failed` when it cannot be opened, was changed, or was cut
 */
export async function checkArchive(file: string, lock: BackupLock): Promise<BackupManifest> {
  const { createTarDecoder } = await import('modern-tar')
  const plain = await openArchive(file, lock)
  const hashes = new Map<string, string>()
  let manifest: BackupManifest | undefined
  try {
    for await (const { header, body } of plain.pipeThrough(createTarDecoder())) {
      const name = header.name.replace(/\/$/, '')
      if (name === MANIFEST_FILE && header.size <= MAX_MANIFEST_BYTES) {
        manifest = manifestSchema.parse(JSON.parse(await new Response(body).text()))
      } else if (header.type === 'file') {
        hashes.set(name, await hashOf(body))
      } else {
        await body.cancel()
        if (header.type === 'symlink') hashes.set(name, hashText(header.linkname ?? ''))
      }
    }
  } catch (error) {
    throw damaged(file, errorMessage(error), error)
  }
  if (!manifest) throw damaged(file, 'it has no list of its files')
  compare(file, manifest, hashes)
  return manifest
}

/** Unpacks an archive that was checked into an empty folder. */
export async function unpackArchive(file: string, lock: BackupLock, folder: string): Promise<void> {
  const { unpackTar } = await import('modern-tar/fs')
  const plain = await openArchive(file, lock)
  await pipeline(fromWeb(plain), unpackTar(folder, { dmode: 0o700 }))
}

/** The hash of a file, for the manifest. */
export async function hashFile(file: string): Promise<{ bytes: number; sha256: string }> {
  let bytes = 0
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) {
    bytes += (chunk as Buffer).byteLength
    hash.update(chunk as Buffer)
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** The hash of a link, for the manifest. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

async function openArchive(file: string, lock: BackupLock): Promise<ReadableStream<Uint8Array>> {
  const source = createReadStream(file)
  // the stream reports a missing file only when it is read
  await new Promise<void>((resolve, reject) =>
    source.once('open', () => resolve()).once('error', reject),
  ).catch((error: unknown) => {
    throw new PluggramError('command-failed', `${file} cannot be read: ${errorMessage(error)}.`, {
      cause: error,
    })
  })
  try {
    return await decrypt(toWeb(source), lock, file)
  } catch (error) {
    source.destroy()
    if (isPluggramError(error)) throw error
    throw damaged(file, errorMessage(error), error)
  }
}

function compare(file: string, { files }: BackupManifest, hashes: ReadonlyMap<string, string>): void {
  const listed = new Map(files.map(({ path, sha256 }) => [`${HOME_FOLDER}/${path}`, sha256]))
  for (const [name, sha256] of listed) {
    const found = hashes.get(name)
    if (found === undefined) throw damaged(file, `${name} is missing`)
    if (found !== sha256) throw damaged(file, `${name} is not what was backed up`)
  }
  for (const name of hashes.keys()) if (!listed.has(name)) throw damaged(file, `${name} is in no list`)
}

async function hashOf(body: ReadableStream<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of body) hash.update(chunk)
  return hash.digest('hex')
}

function damaged(file: string, reason: string, cause?: unknown): PluggramError {
  return new PluggramError('command-failed', `The backup ${file} is damaged: ${reason}. Use another one.`, {
    cause,
  })
}

/** Buffers of the same memory are reused by files; the encryption keeps what it was given. */
function toWeb(stream: Readable): ReadableStream<Uint8Array> {
  const copies = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, Uint8Array.from(chunk))
    },
  })
  stream.on('error', (error) => copies.destroy(error))
  return Readable.toWeb(stream.pipe(copies)) as ReadableStream<Uint8Array>
}

function fromWeb(stream: ReadableStream<Uint8Array>): Readable {
  return Readable.fromWeb(stream as NodeReadableStream)
}
