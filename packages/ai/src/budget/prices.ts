import { z } from '@pluggram/sdk'
import { DEFAULT_PRICES } from './default-prices.ts'

const amount = z.number().min(0).max(1e6)

const modelPrice = z.strictObject({
  /** For a million tokens of questions. */
  input: amount,
  /** For a million tokens of answers. */
  output: amount,
  /** For a million tokens of questions that the provider still had; default: as `input`. */
  cached_input: amount.exactOptional(),
  /** For a minute of speech that is transcribed. */
  minute: amount.exactOptional(),
  /** For a million characters that are spoken. */
  million_characters: amount.exactOptional(),
})

/** What an owner writes into prices.json. */
const pricesFile = z.strictObject({
  $schema: z.string().exactOptional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('USD'),
  models: z.record(z.string().min(1).max(200), modelPrice).default({}),
})

/** What a model costs, in the currency of the list. */
export type ModelPrice = z.infer<typeof modelPrice>

export interface Prices {
  readonly currency: string
  /** @param id `provider:model` */
  find(id: string): ModelPrice | undefined
}

/**
 * Reads prices.json; its entries win over the built-in ones. A name may end in `*`: `openrouter:*` is every model there,
 * and the longest name that fits wins. With another currency than USD the built-in prices do not count.
 * @param text the file, or `undefined` when there is none
 * @throws Error with words for the owner when the file cannot be used
 */
export function parsePrices(text: string | undefined): Prices {
  const file = pricesFile.safeParse(text === undefined ? {} : parseJson(text))
  if (!file.success) {
    const issue = file.error.issues[0]
    throw new Error(`${issue?.path.join('.') || 'prices.json'}: ${issue?.message ?? 'is not usable'}`)
  }
  const { currency, models } = file.data
  const builtIn = currency === 'USD' ? DEFAULT_PRICES : {}
  const patterns = Object.keys(models)
    .filter((name) => name.endsWith('*'))
    .toSorted((one, other) => other.length - one.length)
  return {
    currency,
    find(id) {
      if (Object.hasOwn(models, id)) return models[id]
      const pattern = patterns.find((name) => id.startsWith(name.slice(0, -1)))
      if (pattern !== undefined) return models[pattern]
      return Object.hasOwn(builtIn, id) ? builtIn[id] : undefined
    },
  }
}

function parseJson(text: string): unknown {
  try {
    // editors on Windows begin files with this mark
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new Error(`it is no JSON (${(error as Error).message})`, { cause: error })
  }
}
