import type { Event } from '@sentry/core'
import type { SecretMask } from './secret-mask.ts'

/** Context keys that identify a person. The keys and their values are removed. */
const IDENTITY =
  /^(?:user|chat|from|sender|member|person|owner)(?:_?ids?|s)?$|^(?:first|last|full|user)_?name$|^(?:phone|e_?mail|ip)(?:_?(?:address|number))?$/i
/** Keys whose strings are people's texts. Numbers there are message ids and lengths. */
const WORDS = /^(?:message|text|body|caption|content|prompt|question|answer|response|reply|query|input)$/i
/** Shorter names or numbers would mask ordinary words. */
const MIN_IDENTITY_LENGTH = 5

/**
 * Reduces an event to the members listed here, without secrets, people's texts, or ids of users and
 * chats. (A private chat has its user's id.)
 */
export function scrubEvent<Kind extends Event>(event: Kind, mask: SecretMask): Kind {
  const identities = new Set<string>()
  const extra = withoutPeople(event.extra ?? {}, identities)
  const pattern =
    identities.size === 0
      ? undefined
      : new RegExp(
          `(?<![\\p{L}\\p{N}])(?:${[...identities].map((value) => RegExp.escape(value)).join('|')})(?![\\p{L}\\p{N}])`,
          'gu',
        )
  const clean = (text: string): string => (pattern ? text.replace(pattern, '[id]') : text)
  const kept = {
    event_id: event.event_id,
    timestamp: event.timestamp,
    platform: event.platform,
    level: event.level,
    environment: event.environment,
    tags: event.tags,
    extra,
    sdk: event.sdk,
    exception: { values: exceptionsOf(event) },
  }
  return cleaned(mask.deep(kept), clean) as Kind
}

function exceptionsOf(event: Event): unknown[] {
  return (event.exception?.values ?? []).map(({ type, value, mechanism, stacktrace }) => ({
    type,
    value,
    mechanism,
    ...(stacktrace && {
      stacktrace: {
        frames: (stacktrace.frames ?? []).map(
          ({ filename, function: name, lineno, colno, in_app: inApp }) => ({
            filename,
            function: name,
            lineno,
            colno,
            in_app: inApp,
          }),
        ),
      },
    }),
  }))
}

function withoutPeople(value: unknown, identities: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutPeople(item, identities))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key, item]) => {
    if (IDENTITY.test(key)) collect(item, identities)
    return !IDENTITY.test(key) && !(WORDS.test(key) && typeof item !== 'number')
  })
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutPeople(item, identities)]))
}

function collect(value: unknown, into: Set<string>): void {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) collect(item, into)
  } else if (String(value).length >= MIN_IDENTITY_LENGTH) into.add(String(value))
}

function cleaned(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map((item) => cleaned(item, clean))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [clean(key), cleaned(item, clean)]))
}
