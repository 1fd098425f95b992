/** What a picture is, by its own bytes: names and types that senders give are often wrong. */
export interface SniffedPicture {
  /** For example `image/heic`. */
  readonly type: string
  /** For example `HEIC`. */
  readonly name: string
  /** In pixels, where the format tells it in its first bytes. */
  readonly width?: number
  readonly height?: number
  /** More than one picture. */
  readonly isAnimated?: boolean
}

/** The kind of picture that bytes are; `undefined` when they are none that is known. */
export function sniffPicture(bytes: Uint8Array): SniffedPicture | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.byteLength < 12) return undefined
  try {
    for (const read of READERS) {
      const found = read(view)
      if (found) return found
    }
  } catch (error) {
    // a picture that is cut off
    if (!(error instanceof RangeError)) throw error
  }
  return undefined
}

const READERS: readonly ((view: DataView) => SniffedPicture | undefined)[] = [
  readPng,
  readJpeg,
  readGif,
  readWebp,
  readIsoMedia,
  readOthers,
]

function readPng(view: DataView): SniffedPicture | undefined {
  if (view.getUint32(0) !== 0x89_50_4e_47) return undefined
  return { type: 'image/png', name: 'PNG', width: view.getUint32(16), height: view.getUint32(20) }
}

function readJpeg(view: DataView): SniffedPicture | undefined {
  if (view.getUint16(0) !== 0xff_d8) return undefined
  const jpeg = { type: 'image/jpeg', name: 'JPEG' }
  for (let at = 2; at + 9 < view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return jpeg
    const marker = view.getUint8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isFrame) return { ...jpeg, height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2)
  }
  return jpeg
}

function readGif(view: DataView): SniffedPicture | undefined {
  if (textAt(view, 0, 4) !== 'GIF8') return undefined
  const gif = { type: 'image/gif', name: 'GIF' }
  const size = { width: view.getUint16(6, true), height: view.getUint16(8, true) }
  return { ...gif, ...size, isAnimated: countGifFrames(view) > 1 }
}

/** Stops at the second frame. */
function countGifFrames(view: DataView): number {
  const hasColours = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  let at = 13 + hasColours(view.getUint8(10))
  let frames = 0
  while (at < view.byteLength && frames < 2) {
    const block = view.getUint8(at)
    if (block === 0x2c) {
      frames += 1
      at = afterBlocks(view, at + 11 + hasColours(view.getUint8(at + 9)))
    } else if (block === 0x21) at = afterBlocks(view, at + 2)
    else break
  }
  return frames
}

function afterBlocks(view: DataView, start: number): number {
  let at = start
  while (at < view.byteLength && view.getUint8(at) !== 0) at += 1 + view.getUint8(at)
  return at + 1
}

function readWebp(view: DataView): SniffedPicture | undefined {
  if (textAt(view, 0, 4) !== 'RIFF' || textAt(view, 8, 4) !== 'WEBP') return undefined
  const webp = { type: 'image/webp', name: 'WebP' }
  const chunk = textAt(view, 12, 4)
  if (chunk === 'VP8X') {
    const uint24 = (at: number): number => view.getUint16(at, true) + view.getUint8(at + 2) * 65_536
    const isAnimated = (view.getUint8(20) & 2) !== 0
    return { ...webp, width: uint24(24) + 1, height: uint24(27) + 1, isAnimated }
  }
  if (chunk === 'VP8L') {
    const bits = view.getUint32(21, true)
    return { ...webp, width: (bits & 0x3f_ff) + 1, height: ((bits >>> 14) & 0x3f_ff) + 1 }
  }
  return { ...webp, width: view.getUint16(26, true) & 0x3f_ff, height: view.getUint16(28, true) & 0x3f_ff }
}

/** HEIC, AVIF and their kin are boxes of the media format that MP4 has as well. */
function readIsoMedia(view: DataView): SniffedPicture | undefined {
  if (textAt(view, 4, 4) !== 'ftyp') return undefined
  const brand = textAt(view, 8, 4)
  if (/^avi[fs]$/.test(brand)) return { type: 'image/avif', name: 'AVIF' }
  if (/^(?:hei[cxms]|hev[cxms])$/.test(brand)) return { type: 'image/heic', name: 'HEIC' }
  if (/^(?:mif1|msf1)$/.test(brand)) return { type: 'image/heif', name: 'HEIF' }
  return undefined
}

function readOthers(view: DataView): SniffedPicture | undefined {
  const start = view.getUint32(0)
  if (start === 0x49_49_2a_00 || start === 0x4d_4d_00_2a) return { type: 'image/tiff', name: 'TIFF' }
  if (start === 0x38_42_50_53) return { type: 'image/vnd.adobe.photoshop', name: 'Photoshop' }
  if (start === 0x00_00_00_0c && textAt(view, 4, 4) === 'JXL ') return { type: 'image/jxl', name: 'JPEG XL' }
  if (start >>> 16 === 0xff_0a) return { type: 'image/jxl', name: 'JPEG XL' }
  if (start === 0x00_00_01_00) return { type: 'image/x-icon', name: 'ICO' }
  if (start >>> 16 === 0x42_4d) return { type: 'image/bmp', name: 'BMP' }
  const head = textAt(view, 0, Math.min(view.byteLength, 1_024))
  return /^\s*(?:<\?xml|<!--|<!doctype svg|<svg)[^]*<svg[\s>]|^\s*<svg[\s>]/i.test(head)
    ? { type: 'image/svg+xml', name: 'SVG' }
    : undefined
}

function textAt(view: DataView, at: number, length: number): string {
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, length))
}
