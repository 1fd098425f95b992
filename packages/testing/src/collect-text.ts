import type { PluginResponse, PluginResult, Reply } from '@pluggram/sdk'

/**
 * All text of a response or a result, with streams read to their end. Several replies are joined by
 * line breaks.
 */
export async function collectText(response: PluginResponse | PluginResult | undefined): Promise<string> {
  if (response === undefined) return ''
  if (typeof response === 'object' && 'success' in response) {
    return response.success ? collectText(response.response) : response.error
  }
  const texts = await Promise.all(toList(response).map((part) => readText(part)))
  return texts.join('\n')
}

type Part = string | Reply | AsyncIterable<string>

function toList(response: PluginResponse): readonly Part[] {
  return Array.isArray(response) ? response : [response as Part]
}

async function readText(part: Part): Promise<string> {
  if (typeof part === 'string') return part
  if (!(Symbol.asyncIterator in part)) return part.text === undefined ? '' : readText(part.text)
  let text = ''
  for await (const piece of part) text += piece
  return text
}
