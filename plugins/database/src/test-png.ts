import { inflateSync } from 'node:zlib'

/** Width and height of a PNG, and how many bytes of its pixels are neither black nor white. */
export function readPng(png: Uint8Array): { width: number; height: number; ink: number } {
  const bytes = Buffer.from(png)
  if (bytes.toString('latin1', 1, 4) !== 'PNG') throw new Error('That is no PNG.')
  const data: Buffer[] = []
  for (let at = 8; at < bytes.length; at += bytes.readUInt32BE(at) + 12) {
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') {
      data.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)))
    }
  }
  const pixels = inflateSync(Buffer.concat(data))
  let ink = 0
  for (const value of pixels) if (value !== 0 && value !== 255) ink += 1
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), ink }
}
