import { looksSecret } from '@pluggram/base'
import type { JsonPath } from './json-value.ts'

/** Shorter values are not masked, because they occur too often in ordinary text. */
const SHORTEST_SECRET = 6

/** Whether any key in a path looks secret. */
export function isSecretPath(path: readonly PropertyKey[]): boolean {
  return path.some((segment) => typeof segment === 'string' && looksSecret(segment))
}

/**
 * Collects the strings in `value` that must not be shown: values of secret keys, and passwords in
 * URLs.
 */
export function collectSecrets(value: unknown, path: JsonPath, into: Set<string>): void {
  if (typeof value === 'string') {
    if (isSecretPath(path)) addSecret(value, into)
    addUrlPassword(value, into)
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => collectSecrets(item, [...path, index], into))
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) collectSecrets(item, [...path, key], into)
  }
}

export function addSecret(value: string, into: Set<string>): void {
  if (value.length >= SHORTEST_SECRET) into.add(value)
  const trimmed = value.trim()
  if (trimmed.length >= SHORTEST_SECRET) into.add(trimmed)
}

/** Adds the password of a URL such as `postgres://user:password@host`, as written and decoded. */
export function addUrlPassword(value: string, into: Set<string>): void {
  const match = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(value)
  const userInfo = match?.[1]
  if (userInfo === undefined) return
  const colon = userInfo.indexOf(':')
  const password = colon === -1 ? userInfo : userInfo.slice(colon + 1)
  addSecret(password, into)
  try {
    addSecret(decodeURIComponent(password), into)
  } catch {
    // not percent-encoded, so the password as written is the only form
  }
}

/**
 * Sorts secrets longest first, so that a secret that contains another one is replaced completely.
 */
export function sortSecrets(secrets: Iterable<string>): readonly string[] {
  return Object.freeze([...new Set(secrets)].toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1)))
}

/** Replaces all `secrets` in `text`; they must be sorted longest first. */
export function redactSecrets(text: string, secrets: readonly string[]): string {
  let redacted = text
  for (const secret of secrets) redacted = redacted.replaceAll(secret, '[redacted]')
  return redacted
}
