import type { PluginPermissions } from '@pluggram/sdk'
import { refusesKey, type JsonSchema } from './coerce-to-schema.ts'
import { coerceValues } from './coerce-values.ts'
import type { ConfigLocation, ConfigProblem } from './config-problem.ts'
import type { JsonObject, JsonPath, JsonValue } from './json-value.ts'
import type { AssistantSettings } from './settings.ts'

/** Where a value comes from. */
export type ValueLocation = ConfigLocation & {
  readonly via: 'config.json' | '.env' | `environment ${string}`
}

/** One reading of a home's configuration; it never changes. */
export interface LoadedConfiguration {
  /** Absolute path of the home. */
  readonly home: string
  /** The defaults alone, when `isUsable` is false. */
  readonly settings: AssistantSettings
  readonly plugins: {
    /** Plugin name → its block: `${NAME}` replaced, keys as written. */
    readonly blocks: Readonly<Record<string, JsonObject>>
    /** `plugins_config.json`, in its order. */
    readonly switches: ReadonlyMap<string, boolean>
    /** What the owner allowed each plugin, from `plugins_config.json`. */
    readonly grants: ReadonlyMap<string, PluginPermissions>
  }
  /** `.env` under the process environment; empty variables are left out. */
  readonly environment: Readonly<Record<string, string>>
  readonly problems: readonly ConfigProblem[]
  /** False when the assistant must not start. Problems with a `plugin` leave that plugin out and nothing else. */
  readonly isUsable: boolean
  /** Every secret value seen, longest first, for the redaction of logs. */
  readonly secrets: readonly string[]
  /** The position of a key, or of the nearest ancestor that exists. */
  locate(path: JsonPath): ValueLocation
  /** The position of a plugin's switch in `plugins_config.json`. */
  locateSwitch(name: string): ConfigLocation
  /** Where a variable was set. */
  locateVariable(name: string): ValueLocation | undefined
  /** Whether the value at `path` was set by, or holds, a variable of the environment. Such values are never shown. */
  isFromEnvironment(path: JsonPath): boolean
  /**
   * A fresh copy of one plugin's block (empty when there is none). With the JSON Schema of the plugin's
   * configuration, values from the environment are read as the numbers, booleans and arrays it asks for.
   */
  pluginBlock(name: string, jsonSchema?: JsonSchema): Record<string, JsonValue>
}

/** The data of a configuration without the parts that are derived from it. */
export type ConfigurationData = Omit<LoadedConfiguration, 'pluginBlock'>

/** Completes a configuration's data; the result is frozen. */
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
    // A variable that merely starts like the plugin's name, and the old "enabled", must not fail a strict schema.
    const isForeign = key === 'enabled' || data.isFromEnvironment([...path, key])
    if (isForeign && refusesKey(schema, key) && !isWrittenByHand(data, path, key)) delete result[key]
  }
  return result
}

function isWrittenByHand(data: ConfigurationData, path: JsonPath, key: string): boolean {
  return key !== 'enabled' && data.locate([...path, key]).via === 'config.json'
}
