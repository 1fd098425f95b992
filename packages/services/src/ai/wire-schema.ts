import { AiError } from '@pluggram/sdk'
import type { StandardSchemaV1 } from '@pluggram/sdk'

/**
 * In the host, a plugin's schema is known in its JSON form only; the schema itself checks in its
 * process.
 */
export function toStandardSchema(jsonSchema: Record<string, unknown>): StandardSchemaV1 {
  const standard = {
    version: 1,
    vendor: 'pluggram',
    validate: (value: unknown) => ({ value }),
    jsonSchema: { input: () => jsonSchema, output: () => jsonSchema },
  } as const
  return { '~standard': standard }
}

/** Checks in the plugin's process what the model answered. @throws AiError `ai-unavailable` */
export async function checkAnswer<Schema extends StandardSchemaV1>(
  schema: Schema,
  value: unknown,
): Promise<StandardSchemaV1.InferOutput<Schema>> {
  const result = await schema['~standard'].validate(value)
  if (!result.issues) return result.value as StandardSchemaV1.InferOutput<Schema>
  const issue = result.issues[0]?.message ?? 'unknown'
  throw new AiError('ai-unavailable', `The model's answer does not fit the schema: ${issue}. Try again.`, {
    isRetryable: true,
  })
}
