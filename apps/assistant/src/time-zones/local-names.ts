/** The language whose names are looked through for words in a script, besides the reader's own. */
const LANGUAGE_OF_SCRIPT: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\p{Script=Cyrillic}/u, ['ru', 'uk']],
  [/\p{Script=Hiragana}|\p{Script=Katakana}/u, ['ja']],
  [/\p{Script=Han}/u, ['zh', 'zh-Hant', 'ja']],
  [/\p{Script=Hangul}/u, ['ko']],
  [/\p{Script=Arabic}/u, ['ar', 'fa', 'ur']],
  [/\p{Script=Hebrew}/u, ['he']],
  [/\p{Script=Devanagari}/u, ['hi', 'mr']],
  [/\p{Script=Bengali}/u, ['bn']],
  [/\p{Script=Tamil}/u, ['ta']],
  [/\p{Script=Telugu}/u, ['te']],
  [/\p{Script=Thai}/u, ['th']],
  [/\p{Script=Greek}/u, ['el']],
  [/\p{Script=Georgian}/u, ['ka']],
  [/\p{Script=Armenian}/u, ['hy']],
]
/** Names of countries cost little to find, so they are looked for in all of these. */
const LATIN = ['en', 'es', 'pt', 'de', 'fr', 'it', 'nl', 'pl', 'tr', 'id', 'vi', 'sv', 'cs', 'ro', 'hu']
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

const regionNames = new Map<string, ReadonlyMap<string, string>>()
const cityNames = new Map<string, ReadonlyMap<string, string>>()

/** Languages in which a text may have been written; the reader's own first. */
export function languagesOf(text: string, own: string | undefined): readonly string[] {
  const byScript = LANGUAGE_OF_SCRIPT.find(([script]) => script.test(text))?.[1] ?? LATIN
  const known = own !== undefined && isLanguage(own) ? [own] : []
  return [...new Set([...known, ...byScript])]
}

/** The code of a country by its name in one of the languages; the name is folded. */
export function findRegion(
  name: string,
  languages: readonly string[],
  fold: (text: string) => string,
): string | undefined {
  for (const language of languages) {
    const names = regionNames.get(language) ?? regionsIn(language, fold)
    regionNames.set(language, names)
    const code = names.get(name)
    if (code !== undefined) return code
  }
  return undefined
}

/**
 * A zone by its city's name in a language. ICU has these names only inside phrases such as
 * `Moskau (Ortszeit)`, so what all phrases of the language share is cut off.
 */
export function findCity(
  name: string,
  language: string,
  zones: readonly string[],
  fold: (text: string) => string,
): string | undefined {
  const names = cityNames.get(language) ?? citiesIn(language, zones, fold)
  cityNames.set(language, names)
  return names.get(name)
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.DisplayNames.supportedLocalesOf(tag).length > 0
  } catch {
    return false
  }
}

function regionsIn(language: string, fold: (text: string) => string): ReadonlyMap<string, string> {
  const display = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' })
  const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second))
  return new Map(
    codes.flatMap((code) => {
      const name = display.of(code)
      return name === undefined ? [] : [[fold(name), code] as const]
    }),
  )
}

function citiesIn(
  language: string,
  zones: readonly string[],
  fold: (text: string) => string,
): ReadonlyMap<string, string> {
  const phrase = (timeZone: string): string =>
    new Intl.DateTimeFormat(language, { timeZone, timeZoneName: 'shortGeneric' })
      .formatToParts(0)
      .find(({ type }) => type === 'timeZoneName')?.value ?? ''
  // cities with different first and last letters
  const samples = ['Asia/Vladivostok', 'America/Sao_Paulo', 'Asia/Omsk', 'America/Noronha'].map(phrase)
  const before = sharedLength(samples)
  const after = sharedLength(samples.map((text) => [...text].toReversed().join('')))
  return new Map(
    zones.map((zone) => [
      fold([...phrase(zone)].slice(before, after === 0 ? undefined : -after).join('')),
      zone,
    ]),
  )
}

function sharedLength([first = '', ...others]: readonly string[]): number {
  const letters = [...first]
  const end = letters.findIndex((letter, index) => others.some((other) => [...other][index] !== letter))
  return end === -1 ? letters.length : end
}
