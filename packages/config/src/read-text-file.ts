import { constants } from 'node:fs'
import { lstat, open, stat } from 'node:fs/promises'
import path from 'node:path'
import { createProblem, type ConfigProblem } from './config-problem.ts'
import { createLineIndex } from './line-index.ts'

/**
 * Larger files are rejected: a configuration of this size is a mistake, or an attempt to exhaust
 * memory.
 */
export const LARGEST_FILE = 1024 * 1024

/**
 * `text` is absent if the file does not exist, which is fine, or if it is unusable; then `problem`
 * says why.
 */
export interface TextFile {
  readonly text?: string
  readonly hasByteOrderMark?: boolean
  readonly problem?: ConfigProblem
}

/** Reads a UTF-8 text file without its byte order mark. Reports problems instead of throwing. */
export async function readTextFile(file: string): Promise<TextFile> {
  let bytes: Buffer
  try {
    const status = await stat(file)
    if (status.isDirectory())
      return unusable(file, 'a text file', 'a folder', 'remove the folder or rename it')
    if (!status.isFile()) {
      return unusable(file, 'a text file', 'a device, pipe or socket', 'put an ordinary file in its place')
    }
    if (status.size > LARGEST_FILE) return tooLarge(file)
    bytes = await readAtMost(file, LARGEST_FILE + 1)
  } catch (error) {
    return describeReadError(file, error)
  }
  return bytes.length > LARGEST_FILE ? tooLarge(file) : decode(file, bytes)
}

async function readAtMost(file: string, limit: number): Promise<Buffer> {
  // O_NONBLOCK: if a pipe replaced the file after the check, it must not block the startup
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const chunks: Buffer[] = []
    let total = 0
    while (total < limit) {
      const buffer = Buffer.alloc(Math.min(65_536, limit - total))
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null)
      if (bytesRead === 0) break
      chunks.push(buffer.subarray(0, bytesRead))
      total += bytesRead
    }
    return Buffer.concat(chunks)
  } finally {
    await handle.close()
  }
}

function decode(file: string, bytes: Buffer): TextFile {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return unusable(file, 'UTF-8 text', 'UTF-16 text', 'save the file as UTF-8')
  }
  const hasByteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  const content = hasByteOrderMark ? bytes.subarray(3) : bytes
  const zero = content.indexOf(0)
  if (zero !== -1) {
    const got = 'a NUL byte (a binary file, or UTF-16 without a byte order mark)'
    return unusable(file, 'UTF-8 text', got, 'save the file as UTF-8 text', positionOfByte(content, zero))
  }
  try {
    return {
      text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content),
      hasByteOrderMark,
    }
  } catch {
    const position = positionOfByte(content, firstInvalidByte(content))
    return unusable(file, 'UTF-8 text', 'bytes that are not UTF-8', 'save the file as UTF-8', position)
  }
}

/** The length of the longest valid prefix, found by binary search. */
function firstInvalidByte(content: Buffer): number {
  let low = 0
  let high = content.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    try {
      // `stream` accepts a prefix that ends within a character
      decoder.decode(content.subarray(0, middle), { stream: true })
      low = middle
    } catch {
      high = middle - 1
    }
  }
  return low
}

function positionOfByte(content: Buffer, offset: number): { line: number; column: number } {
  const before = new TextDecoder('utf-8', { ignoreBOM: true }).decode(content.subarray(0, offset))
  return createLineIndex(before).positionAt(before.length)
}

async function describeReadError(file: string, error: unknown): Promise<TextFile> {
  const code = errorCode(error)
  const name = path.basename(file)
  if (code === 'ENOENT') {
    const isDanglingLink = await lstat(file).then(
      () => true,
      () => false,
    )
    if (!isDanglingLink) return {}
    return unusable(
      file,
      'a readable file',
      'a link to a file that does not exist',
      'repair the link or remove it',
    )
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return unusable(
      file,
      'a readable file',
      'no permission to read it',
      `let the assistant's user read ${name}`,
    )
  }
  return unusable(file, 'a readable file', `the error ${code}`, `make ${name} readable for the assistant`)
}

/** The error code of a failed file operation, such as `EACCES`. */
export function errorCode(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'unknown'
}

function tooLarge(file: string): TextFile {
  return unusable(file, 'at most 1 MiB', 'a larger file', 'make the file smaller; data belongs elsewhere')
}

function unusable(
  file: string,
  expected: string,
  got: string,
  fix: string,
  position: { line: number; column: number } = { line: 1, column: 1 },
): TextFile {
  return { problem: createProblem({ at: { file, ...position }, path: '', expected, got, fix }) }
}
