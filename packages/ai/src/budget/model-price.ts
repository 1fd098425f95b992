import { z } from '@pluggram/sdk'

const amount = z.number().min(0).max(1e6)

/** One entry of prices.json. */
export const modelPrice = z.strictObject({
  /** Per million input tokens. */
  input: amount,
  /** Per million output tokens. */
  output: amount,
  /** Per million input tokens in the provider's cache. Default: same as `input`. */
  cached_input: amount.exactOptional(),
  /** Per minute of transcribed speech. */
  minute: amount.exactOptional(),
  /** Per million spoken characters. */
  million_characters: amount.exactOptional(),
})

/** A model's prices, in the currency of the list. */
export type ModelPrice = z.infer<typeof modelPrice>
