import type { StandardSchemaV1 } from '@standard-schema/spec'

/** The JSON Schema of the input of `schema`, if it supports Standard JSON Schema, as Zod does. */
export function jsonSchemaOf(
  schema: StandardSchemaV1 | undefined,
): Readonly<Record<string, unknown>> | undefined {
  const standard: unknown = schema?.['~standard']
  if (typeof standard !== 'object' || standard === null || !('jsonSchema' in standard)) return undefined
  const { jsonSchema } = standard as { jsonSchema?: { input?: (options: { target: string }) => unknown } }
  try {
    const result = jsonSchema?.input?.({ target: 'draft-2020-12' })
    return typeof result === 'object' && result !== null
      ? (result as Readonly<Record<string, unknown>>)
      : undefined
  } catch {
    // some schemas, such as class instances, have no JSON Schema
    return undefined
  }
}
