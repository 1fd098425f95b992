import { looksSecret } from '@pluggram/base'
import { coerceToSchema, isSecretPath, redactSecrets } from '@pluggram/config'
import type { LoadedConfiguration } from '@pluggram/config'
import type { JsonObject, JsonValue } from '@pluggram/host'
import { PluggramError } from '@pluggram/sdk'
import type { AdminSetting } from '@pluggram/sdk'
import { TEXTS } from '../texts.ts'

type Schema = Readonly<Record<string, unknown>>

/** What is known about a plugin's configuration. */
export interface SettingsBasis {
  readonly plugin: string
  readonly configuration: LoadedConfiguration
  /** The configuration's JSON Schema. */
  readonly schema: Schema
  /** The general configuration. */
  readonly block: JsonObject
  /** Keys that can be overridden for single chats. */
  readonly perChat: readonly string[]
  /** The overrides for the requested chat. */
  readonly chatBlock?: JsonObject
}

const HIDDEN = '••••••'
const MAX_VALUE = 200
/** Matches tokens of Telegram bots and well-known services, and passwords in addresses. */
const CREDENTIAL =
  /^\d{5,}:[\w-]{20,}$|^(?:sk|pk|rk|gh[pousr]|xox[a-z])[-_][\w-]{12,}$|^AIza[\w-]{20,}$|^[a-z][a-z0-9+.-]*:\/\/[^\s/?#]*:[^\s/?#@]+@/i

/** Lists the keys of a plugin's configuration with readable values. */
export function describeSettings(basis: SettingsBasis): AdminSetting[] {
  const { block, chatBlock, perChat } = basis
  const required = new Set(Array.isArray(basis.schema['required']) ? basis.schema['required'] : [])
  return Object.entries(properties(basis.schema)).map(([key, schema]) => {
    const { type, choices } = typeOf(schema)
    const isSecret = hides(basis, key, schema) !== undefined
    const value = chatBlock?.[key] ?? block[key] ?? schema['default']
    return {
      key,
      value: value === undefined ? '' : isSecret ? HIDDEN : show(value, basis.configuration.secrets),
      type,
      isSecret,
      isMissing: value === undefined && required.has(key),
      isPerChat: perChat.includes(key) && !isSecret,
      isSet: Object.hasOwn(chatBlock ?? block, key),
      ...(typeof schema['description'] === 'string' && { description: schema['description'] }),
      ...(choices && { choices }),
    }
  })
}

/**
 * Checks that a key may be changed by chat.
 * @throws PluggramError `config-secret`, `config-invalid`
 */
export function checkKey(basis: SettingsBasis, key: string, isForChat: boolean): void {
  const schema = properties(basis.schema)[key]
  if (!schema) {
    const known = Object.keys(properties(basis.schema)).join(', ')
    throw invalid(TEXTS.noKey(basis.plugin, key.slice(0, 100), known.slice(0, 1_000) || 'none'))
  }
  const reason = hides(basis, key, schema)
  if (reason === 'secret') throw secret(TEXTS.isSecret(key))
  if (reason === 'environment') throw invalid(TEXTS.setByEnvironment(key))
  if (!isForChat || basis.perChat.includes(key)) return
  const settable = describeSettings(basis).flatMap((setting) => (setting.isPerChat ? setting.key : []))
  throw invalid(
    settable.length === 0 ? TEXTS.noKeyForChat(basis.plugin) : TEXTS.notForChat(key, settable.join(', ')),
  )
}

/**
 * Parses a user's text as the value of a key.
 * @throws PluggramError `config-secret` when it looks like a credential; `config-invalid`
 */
export function readSetting(basis: SettingsBasis, key: string, text: string): JsonValue {
  const schema = properties(basis.schema)[key] ?? {}
  const { type, choices } = typeOf(schema)
  const value = type === 'text' ? unquote(text) : coerceToSchema(text, schema, basis.schema)
  if (holdsSecret(value, [])) throw secret(TEXTS.looksLikeSecret)
  const isRight =
    type === 'other'
      ? typeof value !== 'string' || !/^\s*[[{]/.test(text)
      : (choices?.includes(text) ??
        (type === 'text' || typeof value === (type === 'number' ? 'number' : 'boolean')))
  if (isRight) return value
  const expected = choices ? `one of ${choices.join(', ')}` : type === 'other' ? 'JSON' : `a ${type}`
  throw invalid(TEXTS.mustBe(key, expected))
}

function invalid(message: string): PluggramError {
  return new PluggramError('config-invalid', message)
}

function secret(message: string): PluggramError {
  return new PluggramError('config-secret', message)
}

function properties(schema: Schema): Record<string, Schema> {
  const members = Object.entries(Object(schema['properties']) as object)
  return Object.fromEntries(
    members.filter((entry): entry is [string, Schema] => typeof entry[1] === 'object' && entry[1] !== null),
  )
}

function typeOf(schema: Schema): { type: AdminSetting['type']; choices?: readonly string[] } {
  const choices = schema['enum']
  if (Array.isArray(choices) && choices.every((choice): choice is string => typeof choice === 'string')) {
    return { type: 'choice', choices }
  }
  switch (schema['type']) {
    case 'string':
      return { type: 'text' }
    case 'number':
    case 'integer':
      return { type: 'number' }
    case 'boolean':
      return { type: 'boolean' }
    default:
      return { type: 'other' }
  }
}

/** Returns why a key's value is not shown, if so. */
function hides(
  { plugin, configuration }: SettingsBasis,
  key: string,
  schema: Schema,
): 'secret' | 'environment' | undefined {
  if (looksSecret(key) || schema['writeOnly'] === true) return 'secret'
  return configuration.isFromEnvironment(['plugins', plugin, key]) ? 'environment' : undefined
}

/**
 * Removes quotes. They allow a text to start with a space, or to end with one of the command's
 * keywords.
 */
function unquote(text: string): string {
  if (!/^".*"$/s.test(text)) return text
  try {
    return String(JSON.parse(text))
  } catch {
    return text
  }
}

function holdsSecret(value: unknown, path: readonly string[]): boolean {
  if (typeof value === 'string') return CREDENTIAL.test(value.trim()) || (isSecretPath(path) && value !== '')
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, member]) => holdsSecret(member, [...path, key]))
}

/** Formats a value with secrets masked. Lists and objects may contain nested ones. */
function show(value: unknown, secrets: readonly string[]): string {
  const text =
    typeof value === 'string'
      ? value
      : JSON.stringify(value, (key, member: unknown) =>
          typeof member === 'string' && looksSecret(key) && member !== '' ? HIDDEN : member,
        )
  const shown = redactSecrets(text, secrets)
  return shown.length > MAX_VALUE ? `${shown.slice(0, MAX_VALUE)}…` : shown
}
