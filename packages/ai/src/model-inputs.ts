import type { ModelInput, PictureLimits } from '@pluggram/sdk'
import type { Selection } from './selection.ts'

/** Names of models that accept images, for providers that do not say so. */
const SEES =
  /gpt-[4-9]|o[134]\b|claude|gemini|llava|vision|-vl\b|[-_.]vl[-_:.]|pixtral|minicpm-v|moondream|gemma-?3|gemma-?4|qwen[\d.]*-?vl|internvl|llama-?4|mistral-(small|medium)-?3/i

/**
 * The inputs a model accepts besides text: the owner's setting, else guessed from its vendor or
 * name.
 */
export function inputsOf({ api, model, takes, server }: Selection): readonly ModelInput[] {
  if (takes) return takes
  if (api === 'demo' || !server) return []
  if (api === 'google') return ['images', 'documents', 'audio']
  if (api === 'anthropic' || api === 'openai') return ['images', 'documents']
  return SEES.test(model) ? ['images'] : []
}

const COMMON = ['image/jpeg', 'image/png', 'image/webp']
/** Telegram gives bots no larger file. */
const ANY_SIZE = { maxBytes: 20_000_000, maxSide: 20_000 }

/** Which pictures a model takes, as its provider's documentation says. */
export function picturesOf({ api }: Selection): PictureLimits {
  switch (api) {
    case 'anthropic':
      // 5 MiB, counted after the encoding as text, which adds a third
      return { types: [...COMMON, 'image/gif'], maxBytes: 3_900_000, maxSide: 8_000 }
    case 'google':
      return { ...ANY_SIZE, types: [...COMMON, 'image/heic', 'image/heif'], maxBytes: 14_000_000 }
    default:
      return { ...ANY_SIZE, types: [...COMMON, 'image/gif'] }
  }
}

/** The input kind of a media type; `undefined` if no model accepts it. */
export function inputKind(mediaType: string): ModelInput | undefined {
  if (mediaType.startsWith('image/')) return 'images'
  if (mediaType.startsWith('audio/')) return 'audio'
  return mediaType === 'application/pdf' ? 'documents' : undefined
}
