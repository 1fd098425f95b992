import type { ModelInput } from '@pluggram/sdk'
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

/** The input kind of a media type; `undefined` if no model accepts it. */
export function inputKind(mediaType: string): ModelInput | undefined {
  if (mediaType.startsWith('image/')) return 'images'
  if (mediaType.startsWith('audio/')) return 'audio'
  return mediaType === 'application/pdf' ? 'documents' : undefined
}
