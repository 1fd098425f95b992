import { z } from '@pluggram/sdk'

const amount = z.number().min(0).max(1e6)

/** One entry of prices.json. */
export const modelPrice = z.strictObject({
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

/** What a model costs, in the currency of the list. */
export type ModelPrice = z.infer<typeof modelPrice>
