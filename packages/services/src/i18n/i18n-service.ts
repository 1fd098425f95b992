import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorMessage, PluggramError } from '@pluggram/sdk'
import type { I18nService, MessageValues } from '@pluggram/sdk'

/** Language → key → text, and their formatter. */
export interface Messages {
  readonly languages: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly format: (text: string, language: string, values: MessageValues) => string
}

const MAX_FILE_BYTES = 1_048_576
const MAX_LANGUAGES = 200
const FALLBACK = 'en'

/**
 * Reads `locales/*.json` of a plugin's folder; `undefined` when it has none. The formatter is
 * loaded only when needed.
 * @throws PluggramError `plugin-load-failed` when a file is not an object of texts, or a text is
 *   invalid ICU
 */
export async function loadMessages(directory: string): Promise<Messages | undefined> {
  const folder = join(directory, 'locales')
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.json'))
  if (files.length === 0) return undefined
  const { IntlMessageFormat } = await import('intl-messageformat')
  const compiled = new Map<string, InstanceType<typeof IntlMessageFormat>>()
  const compile = (text: string, language: string): InstanceType<typeof IntlMessageFormat> => {
    const key = `${language}\n${text}`
    const known = compiled.get(key) ?? new IntlMessageFormat(text, language, undefined, { ignoreTag: true })
    compiled.set(key, known)
    return known
  }
  const languages = new Map<string, ReadonlyMap<string, string>>()
  for (const file of files.toSorted().slice(0, MAX_LANGUAGES)) {
    const path = join(folder, file)
    const language = file.slice(0, -'.json'.length).replaceAll('_', '-').toLowerCase()
    if (!isLanguage(language))
      throw unusable(path, 'its name is not a language, such as en.json or pt-br.json')
    languages.set(
      language,
      parse(path, await readFile(path, 'utf8'), (text) => void compile(text, language)),
    )
  }
  return {
    languages,
    format: (text, language, values) => String(compile(text, language).format({ ...values })),
  }
}

/** @param userLanguage the language of the user being answered, if any */
export function createI18n(
  messages: Messages | undefined,
  userLanguage: () => string | undefined,
): I18nService {
  const languages = [...(messages?.languages.keys() ?? [])]

  /** From the most to the least specific, then English, then any other. */
  function candidates(wanted: string | undefined): string[] {
    const parts = (wanted ?? '').toLowerCase().replaceAll('_', '-').split('-')
    const own = parts.map((_, index) => parts.slice(0, parts.length - index).join('-'))
    return [...own, FALLBACK, ...languages].filter((language) => messages?.languages.has(language))
  }

  return {
    languages,
    language: () => candidates(userLanguage())[0] ?? FALLBACK,
    t(key, values = {}, { language } = {}) {
      for (const candidate of candidates(language ?? userLanguage())) {
        const text = messages?.languages.get(candidate)?.get(key)
        if (text === undefined || !messages) continue
        try {
          return messages.format(text, candidate, values)
        } catch {
          // a value is missing: the raw text is more useful than an error
          return text
        }
      }
      return key
    },
  }
}

function parse(path: string, text: string, check: (message: string) => void): ReadonlyMap<string, string> {
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) throw unusable(path, 'it is over 1 MiB')
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw unusable(path, errorMessage(error))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unusable(path, 'it must be an object of key and text')
  }
  const messages = new Map<string, string>()
  for (const [key, message] of Object.entries(value)) {
    if (typeof message !== 'string') throw unusable(path, `"${key}" is not a text`)
    try {
      check(message)
    } catch (error) {
      throw unusable(path, `"${key}" is not in ICU's message format: ${errorMessage(error)}`)
    }
    messages.set(key, message)
  }
  return messages
}

function isLanguage(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length === 1
  } catch {
    return false
  }
}

function unusable(path: string, reason: string): PluggramError {
  return new PluggramError('plugin-load-failed', `${path} cannot be used: ${reason}.`)
}
