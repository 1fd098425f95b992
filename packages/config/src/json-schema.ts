import { z } from 'zod'
import type { JsonSchema } from './coerce-to-schema.ts'
import { isJsonObject } from './json-value.ts'
import { settingKeys } from './setting-keys.ts'
import type { SettingKey } from './setting-keys.ts'
import { PLUGIN_NAME, settingsSchema } from './settings-schema.ts'

/**
 * Editors must accept `"${TELEGRAM_BOT_TOKEN}"`, because variables are substituted before
 * validation.
 */
const REFERENCE_PATTERN = '\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}'

/**
 * The JSON Schema (draft 2020-12) of `config.json`, for editors and forms. `pluginSchemas`
 * describes the blocks of installed plugins; blocks of others may contain anything.
 */
export function createJsonSchema(
  pluginSchemas: Readonly<Record<string, JsonSchema>> = {},
): Record<string, unknown> {
  const schema: Record<string, unknown> = z.toJSONSchema(settingsSchema, {
    target: 'draft-2020-12',
    io: 'input',
    override: ({ jsonSchema }) => {
      // used for this package's messages; not a JSON Schema keyword
      delete jsonSchema['expected']
      // inherited from sections; each key gets its own value below
      delete jsonSchema['takesEffect']
      // called again for each wrapper (default, optional) around the same schema
      const { pattern } = jsonSchema
      if (typeof pattern === 'string' && !pattern.endsWith(REFERENCE_PATTERN)) {
        jsonSchema.pattern = `${pattern}|${REFERENCE_PATTERN}`
      }
    },
  })
  for (const key of settingKeys()) markKey(schema, key)
  const blocks = Object.entries(pluginSchemas).filter(([name]) => PLUGIN_NAME.test(name))
  const definitions = Object.fromEntries(
    blocks.map(([name, block]) => [definitionName(name), embed(name, block)]),
  )
  const { properties } = schema
  return {
    ...schema,
    // words of VS Code's: without them it underlines the comments of a file called .json
    allowComments: true,
    allowTrailingCommas: true,
    properties: {
      ...(isJsonObject(properties) ? properties : {}),
      plugins: {
        description: "Each plugin's settings, under the plugin's name.",
        takesEffect: 'live',
        type: 'object',
        propertyNames: { pattern: PLUGIN_NAME.source },
        properties: Object.fromEntries(
          blocks.map(([name]) => [name, { $ref: `#/$defs/${definitionName(name)}` }]),
        ),
        additionalProperties: { type: 'object' },
        default: {},
      },
    },
    ...(blocks.length === 0 ? {} : { $defs: definitions }),
  }
}

/** Adds to a key's schema when a change takes effect. Editors ignore this; forms can show it. */
function markKey(schema: unknown, { path, takesEffect }: SettingKey): void {
  let key: unknown = schema
  for (const name of path) {
    const properties = isJsonObject(key) ? key['properties'] : undefined
    key = isJsonObject(properties) ? properties[name] : undefined
  }
  if (typeof key === 'object') Object.assign(key as object, { takesEffect })
}

function definitionName(plugin: string): string {
  return `plugin_${plugin}`
}

/** Embeds a plugin's schema, adjusting its references to the new location. */
function embed(plugin: string, schema: JsonSchema): unknown {
  // required keys may come from the environment, so an editor must not report them as missing
  const { $schema: _schema, $id: _id, required: _required, ...block } = schema
  return moveReferences(block, `#/$defs/${definitionName(plugin)}`)
}

function moveReferences(value: unknown, base: string): unknown {
  if (Array.isArray(value)) return value.map((item) => moveReferences(item, base))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string' && item.startsWith('#')
        ? base + item.slice(1)
        : moveReferences(item, base),
    ]),
  )
}
