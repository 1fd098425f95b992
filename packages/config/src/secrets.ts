import { looksSecret } from '@pluggram/base'
import type { JsonPath } from './json-value.ts'

/** Shorter values are not masked, because they occur too often in ordinary text. */
const SHORTEST_SECRET = 6
/** Shorter lines of a longer secret occur in other texts, too. */
const SHORTEST_LINE = 16

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
    addUrlSecrets(value, into)
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => collectSecrets(item, [...path, index], into))
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) collectSecrets(item, [...path, key], into)
  }
}

export function addSecret(value: string, into: Set<string>): void {
  addParts(value.trim(), into)
  if (value.length >= SHORTEST_SECRET) into.add(value)
  const trimmed = value.trim()
  if (trimmed.length >= SHORTEST_SECRET) into.add(trimmed)
  // errors quote single lines of a key
  const lines = trimmed.split(/\r?\n/)
  for (const line of lines.length > 1 ? lines : [])
    if (line.length >= SHORTEST_LINE && !line.startsWith('-----')) into.add(line)
}

/** Shorter parts might be ordinary words. */
const SHORTEST_PART = 10
const SCHEME = /^(?:bearer|basic|token|apikey|key)\s+(?<rest>\S+)$/i

/** What is secret by itself: the token behind `Bearer`, and the password behind `user:`. */
function addParts(value: string, into: Set<string>): void {
  const token = SCHEME.exec(value)?.groups?.['rest'] ?? value
  const decoded = /^basic\s/i.test(value) ? Buffer.from(token, 'base64').toString('utf8') : token
  const password = /^[\w.@-]+:(?!\/\/)(?<password>\S+)$/.exec(decoded)?.groups?.['password']
  for (const part of [token, password]) if (part !== undefined && part.length >= SHORTEST_PART) into.add(part)
}

/** Adds the values of headers in one line, such as `authorization=Bearer%20…,x-key=…`. */
export function addHeaderSecrets(value: string, into: Set<string>): void {
  for (const pair of value.split(',')) {
    const header = pair.slice(pair.indexOf('=') + 1)
    if (header.length < SHORTEST_PART) continue
    try {
      addSecret(decodeURIComponent(header), into)
    } catch {
      addSecret(header, into)
    }
  }
}

/**
 * Adds the password of a URL such as `postgres://user:password@host`, and the values of parameters
 * such as `?key=…`, as written and decoded.
 */
export function addUrlSecrets(value: string, into: Set<string>): void {
  addParameters(value, into)
  const match = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(value)
  const userInfo = match?.[1]
  if (userInfo === undefined) return
  const colon = userInfo.indexOf(':')
  const password = colon === -1 ? userInfo : userInfo.slice(colon + 1)
  addEncoded(password, into)
}

function addParameters(value: string, into: Set<string>): void {
  const query = /^[a-z][a-z0-9+.-]*:\/\/[^?#]*\?([^#]*)/i.exec(value)?.[1] ?? ''
  for (const pair of query.split('&')) {
    const [name = '', ...rest] = pair.split('=')
    if (looksSecret(name)) addEncoded(rest.join('='), into)
  }
}

function addEncoded(value: string, into: Set<string>): void {
  addSecret(value, into)
  try {
    addSecret(decodeURIComponent(value), into)
  } catch {
    // not percent-encoded, so the value as written is the only form
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
