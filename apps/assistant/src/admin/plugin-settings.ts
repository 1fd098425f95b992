import { coerceToSchema, looksSecret, redactSecrets } from '@pluggram/config'
import type { LoadedConfiguration } from '@pluggram/config'
import type { JsonObject } from '@pluggram/host'
import { PluggramError } from '@pluggram/sdk'
import type { AdminSetting } from '@pluggram/sdk'

type Schema = Readonly<Record<string, unknown>>

/** What is known of one plugin's configuration. */
export interface SettingsBasis {
  readonly plugin: string
  readonly configuration: LoadedConfiguration
  /** JSON Schema of the configuration. */
  readonly schema: Schema
  readonly block: JsonObject
  /** Keys that were set by chat. */
  readonly setByChat: Readonly<Record<string, unknown>>
}

const HIDDEN = '••••••'
const MAX_VALUE = 200

/** The keys of a plugin's configuration, each with its value for people. */
export function describeSettings(basis: SettingsBasis): AdminSetting[] {
  return Object.entries(properties(basis.schema)).map(([key, schema]) => {
    const { type, choices } = typeOf(schema)
    const isSecret = isHidden(basis, key, schema)
    const value = basis.block[key] ?? schema['default']
    return {
      key,
      value: value === undefined ? '' : isSecret ? HIDDEN : show(value, basis.configuration.secrets),
      type,
      isSecret,
      isSetByChat: Object.hasOwn(basis.setByChat, key),
      ...(typeof schema['description'] === 'string' && { description: schema['description'] }),
      ...(choices && { choices }),
    }
  })
}

/**
 * Reads what somebody wrote in a chat as the value of a key.
 * @throws PluggramError `config-invalid`
 */
export function readSetting(basis: SettingsBasis, key: string, text: string): unknown {
  const schema = properties(basis.schema)[key]
  if (!schema) throw invalid(`${basis.plugin} has no key ${key.slice(0, 100)}.`)
  if (isHidden(basis, key, schema)) {
    throw invalid(`${key} is a secret, or set by the environment: it belongs into .env, not into a chat.`)
  }
  const { type, choices } = typeOf(schema)
  if (type === 'other') throw invalid(`${key} is a list or an object: write it in config.json.`)
  const value: unknown = type === 'text' ? text : coerceToSchema(text, schema, basis.schema)
  const isRight =
    choices?.includes(text) ??
    (type === 'text' || typeof value === (type === 'number' ? 'number' : 'boolean'))
  if (!isRight) throw invalid(`${key} must be ${choices ? `one of ${choices.join(', ')}` : `a ${type}`}.`)
  return value
}

function invalid(message: string): PluggramError {
  return new PluggramError('config-invalid', message)
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

function isHidden({ plugin, configuration }: SettingsBasis, key: string, schema: Schema): boolean {
  return (
    looksSecret(key) ||
    schema['writeOnly'] === true ||
    configuration.isFromEnvironment(['plugins', plugin, key])
  )
}

function show(value: unknown, secrets: readonly string[]): string {
  const text = redactSecrets(typeof value === 'string' ? value : JSON.stringify(value), secrets)
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text
}
