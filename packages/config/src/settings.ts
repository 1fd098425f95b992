import type { z } from 'zod'
import { settingsSchema } from './settings-schema.ts'

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name

type CamelCaseKeys<Value> = Value extends readonly (infer Item)[]
  ? readonly CamelCaseKeys<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value as CamelCase<Key & string>]: CamelCaseKeys<Value[Key]> }
    : Value

type RawSettings = Omit<z.output<typeof settingsSchema>, '$schema' | 'plugins'>

/**
 * The settings from `config.json` and its environment variables, without the plugins' blocks.
 * Validated, with defaults, and frozen.
 */
export type AssistantSettings = CamelCaseKeys<Omit<RawSettings, 'mcp'>> & Pick<RawSettings, 'mcp'>

/** Converts parsed settings for the program: camelCase keys, deeply frozen. */
export function createSettings(parsed: z.output<typeof settingsSchema>): AssistantSettings {
  const { $schema: _schema, plugins: _plugins, plugin_host: pluginHost, databases, mcp, ...settings } = parsed
  const { plugins, ...host } = pluginHost
  const settingsInCamelCase = {
    ...(toCamelCase(settings) as object),
    // its keys are names of servers, variables and headers, so they are not converted
    mcp: deepFreeze(mcp),
    pluginHost: Object.freeze({
      ...(toCamelCase(host) as object),
      plugins: withNames(plugins),
    }),
    databases: withNames(databases),
  }
  return Object.freeze(settingsInCamelCase) as AssistantSettings
}

/** Keeps names of plugins and databases unchanged. */
function withNames(record: Readonly<Record<string, unknown>>): object {
  return Object.freeze(
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, toCamelCase(value)])),
  )
}

/** The settings when nothing is configured. */
export function createDefaultSettings(): AssistantSettings {
  return createSettings(settingsSchema.parse({}))
}

/** `allowed_hosts` → `allowedHosts`. */
export function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function toCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(toCamelCase))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => [camelCase(key), toCamelCase(item)])
  return Object.freeze(Object.fromEntries(entries))
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
