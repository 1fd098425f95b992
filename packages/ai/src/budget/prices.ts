import { z } from '@pluggram/sdk'
import { DEFAULT_PRICES } from './default-prices.ts'
import { modelPrice } from './model-price.ts'
import type { ModelPrice } from './model-price.ts'

/** The contents of prices.json. */
const pricesFile = z.strictObject({
  $schema: z.string().exactOptional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('USD'),
  models: z.record(z.string().min(1).max(200), modelPrice).default({}),
})

export interface Prices {
  readonly currency: string
  /** @param id `provider:model` */
  find(id: string): ModelPrice | undefined
}

/**
 * Parses prices.json, whose entries override the built-in ones. A name may end in `*`:
 * `openrouter:*` matches every model there; the longest matching name wins. With a currency other
 * than USD the built-in prices are ignored.
 * @param text the file, or `undefined` when there is none
 * @throws Error with a message for the owner when the file is invalid
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
    // editors on Windows write a byte order mark
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new Error(`it is not JSON (${(error as Error).message})`, { cause: error })
  }
}
