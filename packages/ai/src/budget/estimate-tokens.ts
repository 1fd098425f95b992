import type { SdkLanguageModel } from '../language-model.ts'

type Prompt = Parameters<SdkLanguageModel['doStream']>[0]['prompt']

/** Four characters of English make a token; other scripts need more tokens, so this errs on the high side. */
const CHARACTERS_PER_TOKEN = 3
/** What models count for an image of usual size. */
const TOKENS_PER_FILE = 1_600
/** A PDF counts for its pages, which nobody has counted yet. */
const BYTES_PER_DOCUMENT_TOKEN = 40
const TOKENS_PER_MESSAGE = 8

/** About how many tokens a text is. */
export function estimateTextTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN)
}

/** About how many tokens a prompt is, for a reservation before anybody has counted. */
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
