import { allTimeZones, findClosest, findTimeZone } from '@pluggram/base'
import { findCity, findRegion, languagesOf } from './local-names.ts'
import { MAIN_ZONES, placeNames, SHORT_NAMES } from './places.ts'

/** What a text about a time zone means: one zone, several that are possible, or something similar. */
export type FoundZone =
  | { readonly zone: string }
  | { readonly choices: readonly string[]; readonly are: 'possible' | 'similar' }

const MAX_LENGTH = 100
const MAX_CHOICES = 12
const OFFSET = /^(?:utc|gmt|z)?\s*([+−–-])\s*(\d{1,2})(?:[:.\s]?([0-5]\d))?$/i
const CLOCK = /^(\d{1,2})[:.h]([0-5]\d)\s*(?:([ap])\.?m\.?)?$/i
/** What a clock may be off by. */
const CLOCK_MINUTES = 7
/** Words that people add to the name of a place. */
const ADDED = /\s+(?:city|state|area|time|time\s?zone)$|(?:市|时间|時間|標準時|标准时间)$/iu
/** Shorter words are like too many names. */
const MIN_SIMILAR = 3
/** Islands far east are 14 hours ahead, none is more than 12 behind. */
const DAY = 24 * 60
const [MOST_BEHIND, MOST_AHEAD] = [-12 * 60, 14 * 60]

let zonesByCity: ReadonlyMap<string, string> | undefined
let zonesByPlace: ReadonlyMap<string, string> | undefined

/**
 * Finds the zone that a person means: an IANA name, old or new, a city, a country or its flag, an
 * offset from UTC, an abbreviation, or what a clock there shows now.
 */
export function findZone(text: string, language?: string, now = new Date()): FoundZone {
  const written = text.trim().replace(/^["“'(]+|["”').!]+$/g, '')
  if (written === '' || written.length > MAX_LENGTH) return { choices: [], are: 'similar' }
  const offset = parseOffset(written)
  if (offset !== undefined) return { zone: offset }
  const byClock = zonesByClock(written, now)
  if (byClock.length > 0) return { choices: byClock, are: 'possible' }
  const whole = look(written, language) ?? look(written.replace(ADDED, ''), language)
  if (whole) return whole
  const [first = '', ...rest] = written.split(/[,;/(（，、]/).map((part) => part.trim())
  if (rest.length > 0) {
    const narrow = narrowed(first, rest.join(' '), language)
    if (narrow) return narrow
  }
  const spoken = withoutComma(written, language)
  if (spoken) return spoken
  return { choices: similar(fold(written)), are: 'similar' }
}

/** Zones whose clocks are that far from UTC at a moment, those of large cities first. */
export function zonesAt(minutes: number, moment: Date): readonly string[] {
  return mainFirst(allTimeZones())
    .filter(
      (zone) => zone.includes('/') && !zone.startsWith('Etc/') && offsetMinutes(zone, moment) === minutes,
    )
    .slice(0, MAX_CHOICES)
}

/** All offsets from UTC that are in use at a moment, in minutes. */
export function offsetsInUse(moment: Date): readonly number[] {
  const offsets = allTimeZones().map((zone) => offsetMinutes(zone, moment))
  return [...new Set(offsets)].toSorted((a, b) => a - b)
}

/** Zones to offer first: those of the country where the reader's language is mostly spoken. */
export function likelyZones(language: string | undefined, others: readonly string[]): readonly string[] {
  let own: readonly string[] = []
  try {
    const region = language === undefined ? undefined : new Intl.Locale(language).maximize().region
    own = region === undefined ? [] : zonesOf(region).slice(0, 3)
  } catch {
    // Telegram passes on what the app calls its language
  }
  return [...new Set([...others, ...own])]
}

function look(text: string, language: string | undefined): FoundZone | undefined {
  const name = fold(text)
  const short = SHORT_NAMES.get(name)
  if (short) return { choices: short, are: 'possible' }
  zonesByPlace ??= new Map(placeNames(fold))
  zonesByCity ??= new Map(allTimeZones().map((zone) => [fold(zone.split('/').at(-1) ?? ''), zone]))
  const place = zonesByPlace.get(name)
  if (place !== undefined) return { zone: place }
  // abbreviations such as EST are no zones of people: the place they come from has summer time
  const zone =
    text.includes('/') || /^utc$|^gmt$/i.test(text) ? findTimeZone(text.replaceAll(' ', '_')) : undefined
  if (zone !== undefined) return { zone }
  const plain = name.replaceAll(/([aou])e/g, '$1')
  const city = zonesByCity.get(name) ?? zonesByCity.get(plain) ?? zonesByPlace.get(plain)
  if (city !== undefined) return { zone: city }
  return lookAbroad(text, name, language)
}

function lookAbroad(text: string, name: string, language: string | undefined): FoundZone | undefined {
  const languages = languagesOf(text, language)
  const region = regionOfFlag(text) ?? findRegion(name, languages, fold)
  if (region !== undefined) {
    const zones = zonesOf(region)
    const [only, ...more] = zones
    if (only !== undefined && more.length === 0) return { zone: only }
    if (zones.length > 0) return { choices: zones.slice(0, MAX_CHOICES), are: 'possible' }
  }
  // a phrase for each zone takes ICU a while: only in the reader's language, and in one script's
  const near = languages.filter((tag) => tag === language || !/\p{Script=Latin}/u.test(text))
  for (const tag of near) {
    const zone = findCity(name, tag, allTimeZones(), fold)
    if (zone !== undefined) return { zone }
  }
  return undefined
}

/** `Paris, Texas`: the city's zone, if the country or state has it too; else both are offered. */
function narrowed(first: string, rest: string, language: string | undefined): FoundZone | undefined {
  const [city, land] = [look(first, language), look(rest, language)]
  if (!city || !land) return city ?? land
  const [ofCity, ofLand] = [zonesIn(city), zonesIn(land)]
  const both = ofCity.filter((zone) => ofLand.includes(zone))
  if (both[0] !== undefined && both.length === 1) return { zone: both[0] }
  return { choices: [...new Set([...ofLand, ...ofCity])].slice(0, MAX_CHOICES), are: 'possible' }
}

/** `Paris France` and `Austin TX`: a city, then its land in one word. */
function withoutComma(text: string, language: string | undefined): FoundZone | undefined {
  const [, city = '', land = ''] = /^(.+)\s(\S+)$/.exec(text) ?? []
  const isShort = /^[A-Z]{2,3}$/.test(land)
  if (city === '' || (!isShort && !look(land, language))) return undefined
  const ofCity = look(city, language)
  // a state's abbreviation may be a country's as well
  return isShort ? ofCity : ofCity && narrowed(city, land, language)
}

/** The zones whose clocks show a time now; midnight may lie between. */
function zonesByClock(text: string, now: Date): readonly string[] {
  const [, hours, minutes, half] = CLOCK.exec(text) ?? []
  if (hours === undefined || Number(hours) > 23) return []
  const hour =
    half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  const shown = hour * 60 + Number(minutes)
  const utc = now.getUTCHours() * 60 + now.getUTCMinutes()
  const isShown = (offset: number): boolean => {
    const apart = (((shown - utc - offset) % DAY) + DAY) % DAY
    return Math.min(apart, DAY - apart) <= CLOCK_MINUTES
  }
  return offsetsInUse(now)
    .filter(isShown)
    .flatMap((offset) => zonesAt(offset, now))
    .slice(0, MAX_CHOICES)
}

function zonesIn(found: FoundZone): readonly string[] {
  return 'zone' in found ? [found.zone] : found.choices
}

function similar(name: string): readonly string[] {
  if (name.length < MIN_SIMILAR) return []
  const names = allTimeZones().map((zone) => [fold(zone), zone] as const)
  const known = new Map([...names, ...(zonesByCity ?? []), ...(zonesByPlace ?? [])])
  const found = new Set<string>()
  for (let tries = 0; tries < 3; tries++) {
    const closest = findClosest(name, known.keys())
    if (closest === undefined) break
    const zone = known.get(closest)
    if (zone !== undefined) found.add(zone)
    known.delete(closest)
  }
  return [...found]
}

/** `UTC+2` and `-3:30` as Intl writes them: `+02:00`, `-03:30`. */
function parseOffset(text: string): string | undefined {
  const [, sign, hours, minutes = '00'] = OFFSET.exec(text) ?? []
  if (sign === undefined || hours === undefined) return undefined
  const total = (Number(hours) * 60 + Number(minutes)) * (sign === '+' ? 1 : -1)
  if (total < MOST_BEHIND || total > MOST_AHEAD) return undefined
  return total === 0 ? 'UTC' : `${sign === '+' ? '+' : '-'}${hours.padStart(2, '0')}:${minutes}`
}

function regionOfFlag(text: string): string | undefined {
  const letters = /^[\u{1F1E6}-\u{1F1FF}]{2}$/u.test(text)
    ? [...text].map((letter) => String.fromCharCode((letter.codePointAt(0) ?? 0) - 0x1f1e6 + 65)).join('')
    : undefined
  return letters ?? (/^[A-Z]{2}$/.test(text) ? text : undefined)
}

function zonesOf(region: string): readonly string[] {
  // TypeScript does not know this method yet
  const locale: Intl.Locale & { getTimeZones?(): readonly string[] | undefined } = new Intl.Locale(
    `und-${region}`,
  )
  const zones = locale.getTimeZones?.() ?? []
  return mainFirst([...new Set(zones.map((name) => findTimeZone(name) ?? name))])
}

function mainFirst(zones: readonly string[]): readonly string[] {
  const rank = new Map(MAIN_ZONES.map((zone, index) => [zone, index]))
  const of = (zone: string): number => rank.get(zone) ?? MAIN_ZONES.length
  return zones.toSorted((a, b) => of(a) - of(b) || a.localeCompare(b))
}

function offsetMinutes(timeZone: string, moment: Date): number {
  const name = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
    .formatToParts(moment)
    .find(({ type }) => type === 'timeZoneName')?.value
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name ?? '') ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0))
}

/** Without case, accents and punctuation: `São Paulo` and `sao-paulo` are the same. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036F]/g, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l')
    .replaceAll('đ', 'd')
    .replaceAll('ı', 'i')
    .replaceAll('æ', 'ae')
    .replaceAll(/[_\s'’.-]+/g, ' ')
    .trim()
}
