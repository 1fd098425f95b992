import { AiError } from '@pluggram/sdk'
import type { AiService, AiUsage, ObjectRequest, ObjectResult, StandardSchemaV1 } from '@pluggram/sdk'
import { aiSdk } from './ai-sdk.ts'

/** The model gets one chance to correct an answer that does not fit. */
const MAX_TRIES = 2

/**
 * Requests JSON and validates it. The schema is part of the instructions, because many servers do
 * not support a schema parameter and some ignore it.
 * @throws AiError
 */
export async function generateObject<Schema extends StandardSchemaV1>(
  ai: Pick<AiService, 'generateText'>,
  { schema, system, messages, ...request }: ObjectRequest<Schema>,
): Promise<ObjectResult<StandardSchemaV1.InferOutput<Schema>>> {
  const rule = `Answer with one JSON value and nothing else, no code fence. It must be valid under this JSON Schema:\n${await describe(schema)}`
  const conversation = [...messages]
  const usages: AiUsage[] = []
  for (let tries = 1; ; tries++) {
    const { text, ...end } = await ai.generateText({
      ...request,
      system: system === undefined ? rule : `${system}\n\n${rule}`,
      messages: conversation,
    })
    usages.push(end.usage)
    const outcome = await check(schema, text)
    if (outcome.fits) return { ...end, usage: sum(usages), object: outcome.value }
    if (tries === MAX_TRIES) {
      throw new AiError(
        'ai-unavailable',
        `${end.model} did not answer in the form that was asked for. Try again, or choose another model.`,
        { isRetryable: true },
      )
    }
    conversation.push(
      { role: 'assistant', content: text },
      {
        role: 'user',
        content: `That was not valid: ${outcome.problem} Answer with the corrected JSON only.`,
      },
    )
  }
}

async function describe(schema: StandardSchemaV1): Promise<string> {
  try {
    return JSON.stringify(await aiSdk().asSchema(schema).jsonSchema)
  } catch (cause) {
    throw new AiError('ai-refused', 'The schema cannot be written as JSON Schema.', { cause })
  }
}

type Outcome<Schema extends StandardSchemaV1> =
  | { readonly fits: true; readonly value: StandardSchemaV1.InferOutput<Schema> }
  | { readonly fits: false; readonly problem: string }

async function check<Schema extends StandardSchemaV1>(
  schema: Schema,
  text: string,
): Promise<Outcome<Schema>> {
  let value: unknown
  try {
    value = JSON.parse(withoutFence(text))
  } catch {
    return { fits: false, problem: 'it is not JSON.' }
  }
  const result = await schema['~standard'].validate(value)
  if (!result.issues) return { fits: true, value: result.value as StandardSchemaV1.InferOutput<Schema> }
  const problems = result.issues.slice(0, 5).map(({ path = [], message }) => {
    const place = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.')
    return place ? `${place}: ${message}` : message
  })
  return { fits: false, problem: `${problems.join('; ').slice(0, 1_000)}.` }
}

/** Models often wrap code in a fence, even when told not to. */
function withoutFence(text: string): string {
  return /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/i.exec(text)?.[1] ?? text
}

function sum(usages: readonly AiUsage[]): AiUsage {
  const money = usages.map((usage) => usage.money)
  return {
    inputTokens: usages.reduce((total, usage) => total + usage.inputTokens, 0),
    outputTokens: usages.reduce((total, usage) => total + usage.outputTokens, 0),
    ...(money.every((amount) => amount !== undefined) && {
      money: money.reduce((total, amount) => total + amount, 0),
    }),
  }
}
