import type { PluginPermissions } from '@pluggram/sdk'
import { refusesKey, type JsonSchema } from './coerce-to-schema.ts'
import { coerceValues } from './coerce-values.ts'
import type { ConfigLocation, ConfigProblem } from './config-problem.ts'
import type { VariableLocation } from './environment.ts'
import type { JsonObject, JsonPath, JsonValue } from './json-value.ts'
import type { AssistantSettings } from './settings.ts'

/** Where a value comes from. */
export type ValueLocation = VariableLocation | (ConfigLocation & { readonly via: 'config.json' })

/** An immutable snapshot of a home's configuration. */
export interface LoadedConfiguration {
  /** Absolute path of the home. */
  readonly home: string
  /** Only the defaults if `isUsable` is false. */
  readonly settings: AssistantSettings
  readonly plugins: {
    /** Maps a plugin's name to its block, with `${NAME}` replaced and keys as written. */
    readonly blocks: Readonly<Record<string, JsonObject>>
    /** Which plugins are on or off, by both files; first those of `plugins_config.json`, in its order. */
    readonly switches: ReadonlyMap<string, boolean>
    /** The place that decided about a plugin; the defaults decide about any other. */
    readonly decidedAt: ReadonlyMap<string, ConfigLocation>
    /** The permissions granted to each plugin in `plugins_config.json`. */
    readonly grants: ReadonlyMap<string, PluginPermissions>
  }
  /** `.env` overridden by the process environment, without empty variables. */
  readonly environment: Readonly<Record<string, string>>
  readonly problems: readonly ConfigProblem[]
  /** False when the assistant must not start. Problems with a `plugin` exclude only that plugin. */
  readonly isUsable: boolean
  /** Every known secret value, longest first, for masking logs. */
  readonly secrets: readonly string[]
  /** The position of a key, or of its nearest existing ancestor. */
  locate(path: JsonPath): ValueLocation
  /** The position of a plugin's switch in `plugins_config.json`. */
  locateSwitch(name: string): ConfigLocation
  /** Whether `${NAME}` stands somewhere in config.json. */
  isReferenced(variable: string): boolean
  /** Where a variable was set. */
  locateVariable(name: string): VariableLocation | undefined
  /** When a variable of the encrypted store was set, as ISO 8601. */
  changeOf(name: string): string | undefined
  /** Files outside the configuration whose content became values: those of `NAME_FILE` and `${file:…}`. */
  readonly readFiles: readonly string[]
  /**
   * Whether the value at `path` was set by, or contains, an environment variable. Such values are
   * never shown.
   */
  isFromEnvironment(path: JsonPath): boolean
  /**
   * A copy of one plugin's block, or an empty block. With the plugin's JSON Schema, values from the
   * environment are converted to the numbers, booleans and arrays in the schema.
   */
  pluginBlock(name: string, jsonSchema?: JsonSchema): Record<string, JsonValue>
}

/** A configuration without its derived parts. */
export type ConfigurationData = Omit<LoadedConfiguration, 'pluginBlock'>

/** Adds the derived parts to a configuration and freezes it. */
export function createLoadedConfiguration(data: ConfigurationData): LoadedConfiguration {
  return Object.freeze({
    ...data,
    plugins: Object.freeze({ ...data.plugins }),
    pluginBlock: (name: string, jsonSchema?: JsonSchema) => readBlock(data, name, jsonSchema),
  })
}

function readBlock(data: ConfigurationData, name: string, schema?: JsonSchema): Record<string, JsonValue> {
  const { blocks } = data.plugins
  const block = Object.hasOwn(blocks, name) ? (blocks[name] as JsonObject) : {}
  const path = ['plugins', name]
  const result = coerceValues(block, path, schema, data.isFromEnvironment)
  for (const key of Object.keys(result)) {
    // a variable that only shares the plugin's prefix, or "enabled", must not fail a strict
    // schema
    const isForeign = key === 'enabled' || data.isFromEnvironment([...path, key])
    if (isForeign && refusesKey(schema, key) && !isWrittenByHand(data, path, key)) delete result[key]
  }
  return result
}

function isWrittenByHand(data: ConfigurationData, path: JsonPath, key: string): boolean {
  return key !== 'enabled' && data.locate([...path, key]).via === 'config.json'
}
