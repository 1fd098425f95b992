import { createRequire } from 'node:module'
import type { Chrono } from 'chrono-node'

/** Finds dates in a text of one language. */
export type DateParser = Pick<Chrono, 'parse'>

/** The languages besides English whose dates chrono reads. */
const LANGUAGES: ReadonlySet<string> = new Set([
  'ar',
  'de',
  'es',
  'fi',
  'fr',
  'id',
  'it',
  'ja',
  'nl',
  'pt',
  'ru',
  'sv',
  'uk',
  'vi',
  'zh',
])
const ENGLISH = 'en'

const require = createRequire(import.meta.url)
const loaded = new Map<string, DateParser>()

export function englishDates(): DateParser {
  return load(ENGLISH)
}

/** @returns `undefined` for English, and for a language that chrono does not know */
export function datesIn(language: string | undefined): DateParser | undefined {
  const code = (language ?? ENGLISH).slice(0, 2).toLowerCase()
  return LANGUAGES.has(code) ? load(code) : undefined
}

/** A language is loaded when its first date is looked for: all of them take 12 MB. */
function load(code: string): DateParser {
  const known = loaded.get(code)
  if (known) return known
  const { casual } = require(`chrono-node/${code}`) as { readonly casual: Chrono }
  loaded.set(code, casual)
  return casual
}
