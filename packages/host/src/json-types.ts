/** A value that JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

/** A plugin's block, as read from the configuration files. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

export type JsonSchema = Readonly<Record<string, unknown>>
