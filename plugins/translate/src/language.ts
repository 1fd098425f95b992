/** A language to translate into. */
export interface Language {
  /** IETF tag, for example `de` or `pt-BR`. */
  readonly code: string
  /** In English, for the prompt. */
  readonly name: string
}

/** Codes that are also everyday English words. If more words follow, they need a colon. */
const WORDS = new Set('am an as be do go he hi ho id is it la ma me my no oh ok or pa si so to'.split(' '))
const TAG = /^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,2}$/i

const english = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' })
let names: ReadonlyMap<string, string> | undefined

/** Finds a language by its tag, or by its name in English or in the language itself. */
export function findLanguage(text: string): Language | undefined {
  const wanted = text.trim().toLowerCase()
  return fromTag(wanted) ?? fromTag((names ??= readNames()).get(wanted) ?? '')
}

function fromTag(tag: string): Language | undefined {
  if (!TAG.test(tag)) return undefined
  try {
    const [code = ''] = Intl.getCanonicalLocales(tag)
    const name = english.of(code)
    return name === undefined ? undefined : { code, name }
  } catch {
    return undefined
  }
}

/** `german` and `deutsch` → `de`, for every language with a code of two letters. */
function readNames(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  for (const first of letters) {
    for (const second of letters) {
      const { code, name } = fromTag(first + second) ?? {}
      if (code === undefined || name === undefined) continue
      const own = new Intl.DisplayNames([code], { type: 'language' }).of(code)
      for (const key of [name, own]) if (key !== undefined) found.set(key.toLowerCase(), code)
    }
  }
  return found
}

/** The parsed arguments of `/translate`. */
export interface TranslationRequest {
  /** Absent if no language was named. */
  readonly language?: Language
  readonly text: string
}

/** Parses `german Good morning`, `to it: Good morning`, `Good morning`. */
export function parseRequest(args: string): TranslationRequest {
  const [, first = '', rest = ''] = /^(?:to\s+)?(\S+)\s*([^]*)$/i.exec(args) ?? []
  const named = first.replace(/:$/, '')
  const isSure = first.endsWith(':') || rest === '' || !WORDS.has(first.toLowerCase())
  const language = isSure ? findLanguage(named) : undefined
  return language === undefined ? { text: args } : { language, text: rest.trim() }
}

const ORDER = /^(?:please\s+)?translate(?=\s)/i
/**
 * The language at the end of a request. Only a few characters are searched, because the text can be
 * anything.
 */
const INTO = /\s(?:in)?to\s+([^\s.!?]+(?: [^\s.!?]+)?)[.!?\s]{0,5}$/i
const INTO_CHARACTERS = 80

/**
 * Parses `translate good morning to German`; `text` is empty if that says only “this” or “it”.
 * @returns undefined unless the message is such a request and nothing else, with a known language
 */
export function parseSpoken(message: string): Required<TranslationRequest> | undefined {
  const order = message.trim()
  const start = ORDER.exec(order)?.[0].length
  const into = INTO.exec(order.slice(-INTO_CHARACTERS))
  const language = findLanguage(into?.[1] ?? '')
  if (start === undefined || !into || !language) return undefined
  const text = order.slice(start, Math.max(start, order.length - into[0].length)).trim()
  return {
    language,
    text: /^(?:this|that|it|this message)$/i.test(text) ? '' : text.replace(/^["“„](.+)["”“]$/s, '$1'),
  }
}
