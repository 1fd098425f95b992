import { CITIES } from './cities.ts'

export interface Place {
  readonly latitude: number
  readonly longitude: number
}

/**
 * A place as people write or paste it: `52.52, 13.405`, `52,52; 13,405`, `40°26′46″N 79°58′56″W`,
 * `geo:48.2,16.4`, a map's link, or one of the cities. `undefined` if it is none of these.
 */
export function parsePlace(written: string): Place | undefined {
  const text = written.trim()
  return parseCity(text) ?? parseLink(text) ?? parseDegrees(text) ?? parseDecimals(text)
}

function parseCity(text: string): Place | undefined {
  const wanted = plain(text)
  const found = CITIES.find(([name]) => plain(name) === wanted)
  return found === undefined ? undefined : { latitude: found[1], longitude: found[2] }
}

/** Without case and accents, so that "zurich" finds Zürich. */
function plain(name: string): string {
  return name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLocaleLowerCase('en')
}

const LINK = /(?:^geo:|[@=/])(-?\d{1,3}\.\d+)(?:,|%2C|\/)(-?\d{1,3}\.\d+)/iu

function parseLink(text: string): Place | undefined {
  if (!/^(?:geo:|https?:\/\/)/iu.test(text)) return undefined
  const match = LINK.exec(text)
  return match === null ? undefined : place(Number(match[1]), Number(match[2]))
}

const ANGLE = String.raw`(\d{1,3}(?:[.,]\d+)?)\s*°?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*['′’]\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*["″”]\s*)?`
const DEGREES = new RegExp(String.raw`^${ANGLE}([NS])[\s,;]*${ANGLE}([EWO])$`, 'iu')

function parseDegrees(text: string): Place | undefined {
  const match = DEGREES.exec(text)
  if (match === null) return undefined
  const angle = (at: number): number =>
    decimal(match[at] ?? '0') + decimal(match[at + 1] ?? '0') / 60 + decimal(match[at + 2] ?? '0') / 3600
  const isSouth = match[4]?.toUpperCase() === 'S'
  const isWest = match[8]?.toUpperCase() === 'W'
  return place(angle(1) * (isSouth ? -1 : 1), angle(5) * (isWest ? -1 : 1))
}

/** A comma separates the numbers, or is the decimal mark of both. */
const DECIMALS = [
  /^([+-]?\d{1,3}(?:\.\d+)?)\s*[,;\s]\s*([+-]?\d{1,3}(?:\.\d+)?)$/u,
  /^([+-]?\d{1,3},\d+)\s*(?:;|,?\s)\s*([+-]?\d{1,3},\d+)$/u,
]

function parseDecimals(text: string): Place | undefined {
  // a minus sign as typographers and other keyboards write it
  const plainText = text.replaceAll(/[\u2212\u2013]/gu, '-').replaceAll(/[()[\]]/gu, '')
  for (const pattern of DECIMALS) {
    const match = pattern.exec(plainText)
    if (match !== null) return place(decimal(match[1] ?? ''), decimal(match[2] ?? ''))
  }
  return undefined
}

function decimal(text: string): number {
  return Number(text.replace(',', '.'))
}

function place(latitude: number, longitude: number): Place | undefined {
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : undefined
}
