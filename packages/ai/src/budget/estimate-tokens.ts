import type { SdkLanguageModel } from '../sdk-language-model.ts'

type Prompt = Parameters<SdkLanguageModel['doStream']>[0]['prompt']

/**
 * English has about four characters per token, other scripts fewer. This value overestimates the
 * tokens.
 */
const CHARACTERS_PER_TOKEN = 3
/** Tokens that models count for an image of typical size. */
const TOKENS_PER_FILE = 1_600
/** Models count a PDF by page; its size is used because the number of pages is not known yet. */
const BYTES_PER_DOCUMENT_TOKEN = 40
const TOKENS_PER_MESSAGE = 8

/** Estimates the tokens of a text. */
export function estimateTextTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN)
}

/**
 * Estimates the tokens of a prompt, for the reservation before the provider reports the real
 * number.
 */
export function estimatePromptTokens(prompt: Prompt, tools: readonly object[] = []): number {
  let tokens = tools.length === 0 ? 0 : estimateTextTokens(JSON.stringify(tools).length)
  for (const message of prompt) {
    tokens += TOKENS_PER_MESSAGE
    if (typeof message.content === 'string') {
      tokens += estimateTextTokens(message.content.length)
      continue
    }
    for (const part of message.content) {
      if (part.type === 'text' || part.type === 'reasoning') tokens += estimateTextTokens(part.text.length)
      else if (part.type === 'file') tokens += fileTokens(part.mediaType, part.data)
      else tokens += estimateTextTokens(JSON.stringify(part).length)
    }
  }
  return tokens
}

function fileTokens(mediaType: string, data: unknown): number {
  const bytes: unknown = typeof data === 'object' && data !== null && 'data' in data ? data.data : data
  const size = bytes instanceof Uint8Array ? bytes.byteLength : typeof bytes === 'string' ? bytes.length : 0
  return mediaType.startsWith('image/')
    ? TOKENS_PER_FILE
    : Math.max(TOKENS_PER_FILE, Math.ceil(size / BYTES_PER_DOCUMENT_TOKEN))
}
