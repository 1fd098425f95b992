import { AiError } from '@pluggram/sdk'
import type { StandardSchemaV1 } from '@pluggram/sdk'

/**
 * The host knows only the JSON form of a plugin's schema; the schema itself validates in the
 * plugin's process.
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

/** Validates the model's answer in the plugin's process. @throws AiError `ai-unavailable` */
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
