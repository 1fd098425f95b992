import { coerceToSchema, schemaOfMember, type JsonSchema } from './coerce-to-schema.ts'
import { isJsonObject, type JsonObject, type JsonPath, type JsonValue } from './json-value.ts'

/**
 * A copy of `object`, which stands at `path`, with its text from the environment read as the types that
 * `schema` asks for. Text that a person wrote into the file stays as it is.
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
