import { analyse } from 'chardet'

/** How much of a file its encoding is guessed from. */
const SAMPLE_BYTES = 64 * 1024
/** Fewer letters beyond ASCII tell nothing about the language they belong to. */
const FEWEST_LETTERS = 4

/**
 * The text of a file in whatever encoding it is: UTF-8, UTF-16 with or without a byte order mark, and
 * what systems wrote before (Windows-1251, Shift_JIS, GB18030 and the like), guessed from its bytes.
 * A text that gives too little to guess from counts as Windows-1252, in which every byte is a character.
 */
export function decodeText(bytes: Uint8Array): string {
  const utf16 = utf16Of(bytes)
  if (utf16 !== undefined) return new TextDecoder(utf16).decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder(guessEncoding(bytes.subarray(0, SAMPLE_BYTES))).decode(bytes)
  }
}

/** By the byte order mark, or by the zeros that every second byte of a Western text is. */
function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const sample = bytes.subarray(0, 1_024)
  const zeros = [0, 0]
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2]! += 1
  const [even = 0, odd = 0] = zeros
  const most = sample.length / 2
  if (odd > most * 0.7 && even < most * 0.1) return 'utf-16le'
  return even > most * 0.7 && odd < most * 0.1 ? 'utf-16be' : undefined
}

function guessEncoding(sample: Uint8Array): string {
  const letters = sample.reduce((count, byte) => count + (byte > 127 ? 1 : 0), 0)
  if (letters < FEWEST_LETTERS) return 'windows-1252'
  const known = analyse(sample).find(
    ({ name }) => !name.startsWith('UTF') && name !== 'ASCII' && isKnown(name),
  )
  return known?.name ?? 'windows-1252'
}

function isKnown(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== ''
  } catch {
    return false
  }
}
