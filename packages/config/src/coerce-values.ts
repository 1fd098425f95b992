import { coerceToSchema, schemaOfMember, type JsonSchema } from './coerce-to-schema.ts'
import { isJsonObject, type JsonObject, type JsonPath, type JsonValue } from './json-value.ts'

/**
 * A copy of `object`, which is at `path`, with values from the environment converted to the types
 * in `schema`. Text written in the file itself is not converted.
 */
export function coerceValues(
  object: JsonObject,
  path: JsonPath,
  schema: JsonSchema | undefined,
  isFromEnvironment: (path: JsonPath) => boolean,
): Record<string, JsonValue> {
  const read = (value: JsonValue, at: JsonPath, part: unknown): JsonValue => {
    if (typeof value === 'string') {
      return part !== undefined && isFromEnvironment(at) ? coerceToSchema(value, part, schema) : value
    }
    if (Array.isArray(value)) {
      return value.map((item: JsonValue, index) =>
        read(item, [...at, index], schemaOfMember(part, index, schema)),
      )
    }
    return isJsonObject(value) ? readObject(value, at, part) : value
  }
  const readObject = (parent: JsonObject, at: JsonPath, part: unknown): Record<string, JsonValue> =>
    Object.fromEntries(
      Object.entries(parent).map(([key, value]) => [
        key,
        read(value, [...at, key], schemaOfMember(part, key, schema)),
      ]),
    )
  return readObject(object, path, schema)
}
