import { existsSync, readFileSync } from 'node:fs'

/** The layout of SQLite's write-ahead log (sqlite.org/fileformat2.html, "The Write-Ahead Log"). */
const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
/** The last bit of the magic number is the byte order of checksums. */
const MAGIC = 0x37_7f_06_82
/**
 * A power loss may lose pages of the last commits while later pages survive, but at least every
 * other commit is flushed. So it cannot leave this many intact commits after a damaged place.
 */
const CERTAIN_COMMITS = 4

type Sums = readonly [number, number]

interface Log {
  readonly bytes: Buffer
  readonly pageBytes: number
  readonly isBigEndian: boolean
  /**
   * The salts of the current frames. After them come frames of earlier rounds that are not
   * overwritten yet.
   */
  readonly salts: Buffer
}

/**
 * SQLite treats the first damaged place in its log as the end and drops everything after it.
 * Returns how many intact commits follow; `undefined` when there is no damage, or when a power loss
 * may explain it.
 */
export function findLogDamage(file: string): { readonly commits: number } | undefined {
  const path = `${file}-wal`
  if (!existsSync(path)) return undefined
  const log = readLog(readFileSync(path))
  if (!log) return undefined
  const count = countFrames(log)
  let index = 0
  if (hasSoundHeader(log.bytes)) while (index < count && isSound(log, index)) index += 1
  let commits = 0
  for (index += 1; index < count; index += 1) if (isCommit(log, index) && isSound(log, index)) commits += 1
  return commits < CERTAIN_COMMITS ? undefined : { commits }
}

function readLog(bytes: Buffer): Log | undefined {
  if (bytes.length < HEADER_BYTES + FRAME_HEADER_BYTES) return undefined
  const pageBytes = bytes.readUInt32BE(8)
  const isPowerOfTwo = (pageBytes & (pageBytes - 1)) === 0
  const isKnown = isPowerOfTwo && pageBytes >= 512 && pageBytes <= 65_536
  const salts = hasSoundHeader(bytes) ? 16 : HEADER_BYTES + 8
  return {
    bytes,
    // if the header itself is damaged: all files that we create have this page size
    pageBytes: isKnown ? pageBytes : 4_096,
    isBigEndian: hasBigEndianSums(bytes),
    salts: bytes.subarray(salts, salts + 8),
  }
}

function hasBigEndianSums(bytes: Buffer): boolean {
  return bytes.readUInt32BE(0) === MAGIC + 1
}

function hasSoundHeader(bytes: Buffer): boolean {
  if ((bytes.readUInt32BE(0) & ~1) >>> 0 !== MAGIC) return false
  const sums = addUp({ bytes, isBigEndian: hasBigEndianSums(bytes) }, [0, 0], 0, 24)
  return sums[0] === bytes.readUInt32BE(24) && sums[1] === bytes.readUInt32BE(28)
}

function countFrames({ bytes, pageBytes }: Log): number {
  return Math.floor((bytes.length - HEADER_BYTES) / (FRAME_HEADER_BYTES + pageBytes))
}

const startOf = ({ pageBytes }: Log, index: number): number =>
  HEADER_BYTES + index * (FRAME_HEADER_BYTES + pageBytes)

/**
 * A frame's checksum continues that of the previous frame, which is stored there, so each frame can
 * be checked alone.
 */
function isSound(log: Log, index: number): boolean {
  const { bytes } = log
  const start = startOf(log, index)
  if (!log.salts.equals(bytes.subarray(start + 8, start + 16))) return false
  const before = index === 0 ? 24 : startOf(log, index - 1) + 16
  let sums: Sums = [bytes.readUInt32BE(before), bytes.readUInt32BE(before + 4)]
  sums = addUp(log, sums, start, 8)
  sums = addUp(log, sums, start + FRAME_HEADER_BYTES, log.pageBytes)
  return sums[0] === bytes.readUInt32BE(start + 16) && sums[1] === bytes.readUInt32BE(start + 20)
}

function isCommit(log: Log, index: number): boolean {
  return log.bytes.readUInt32BE(startOf(log, index) + 4) !== 0
}

function addUp(
  { bytes, isBigEndian }: Pick<Log, 'bytes' | 'isBigEndian'>,
  [first, second]: Sums,
  start: number,
  length: number,
): Sums {
  let [one, two] = [first, second]
  for (let at = start; at < start + length; at += 8) {
    one = (one + (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) + two) >>> 0
    two = (two + (isBigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4)) + one) >>> 0
  }
  return [one, two]
}
