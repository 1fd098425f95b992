export interface ImageSize {
  readonly width: number
  readonly height: number
  readonly mimeType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'
}

const SIGNATURES = {
  png: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
  jpeg: Buffer.from([0xff, 0xd8, 0xff]),
  gif: Buffer.from('GIF8', 'latin1'),
}

/** Reads the size from the header of a PNG, JPEG, GIF or WebP; undefined for anything else. */
export function readImageSize(bytes: Uint8Array): ImageSize | undefined {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (startsWith(data, SIGNATURES.png) && data.length >= 24) {
    return { width: data.readUInt32BE(16), height: data.readUInt32BE(20), mimeType: 'image/png' }
  }
  if (startsWith(data, SIGNATURES.gif) && data.length >= 10) {
    return { width: data.readUInt16LE(6), height: data.readUInt16LE(8), mimeType: 'image/gif' }
  }
  if (startsWith(data, SIGNATURES.jpeg)) return readJpeg(data)
  if (data.toString('latin1', 0, 4) === 'RIFF' && data.toString('latin1', 8, 12) === 'WEBP')
    return readWebp(data)
  return undefined
}

function startsWith(data: Buffer, prefix: Buffer): boolean {
  return data.length >= prefix.length && data.compare(prefix, 0, prefix.length, 0, prefix.length) === 0
}

/** Reads segments up to the start of frame, which contains the size. */
function readJpeg(data: Buffer): ImageSize | undefined {
  let position = 2
  while (position + 9 <= data.length) {
    if (data[position] !== 0xff) return undefined
    const marker = data[position + 1] ?? 0
    if (marker === 0xff) {
      position += 1
      continue
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isFrame) {
      return {
        width: data.readUInt16BE(position + 7),
        height: data.readUInt16BE(position + 5),
        mimeType: 'image/jpeg',
      }
    }
    position += 2 + data.readUInt16BE(position + 2)
  }
  return undefined
}

function readWebp(data: Buffer): ImageSize | undefined {
  const mimeType = 'image/webp'
  if (data.length < 30) return undefined
  switch (data.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: data.readUInt16LE(26) & 0x3fff, height: data.readUInt16LE(28) & 0x3fff, mimeType }
    case 'VP8L': {
      const bits = data.readUInt32LE(21)
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, mimeType }
    }
    case 'VP8X':
      return { width: data.readUIntLE(24, 3) + 1, height: data.readUIntLE(27, 3) + 1, mimeType }
    default:
      return undefined
  }
}
