import type { PluginResult, Reply } from '@pluggram/sdk'
import { ApiError } from './api-error.ts'
import type { ApiAnswer } from './send-request.ts'

/** Longer text would fill many messages, so it is sent as a file. */
const MOST_CHARACTERS = 8_000

/**
 * An answer as a reply, if no template says how to show it.
 * @throws ApiError if it is a web page: a login form or an error page instead of data
 */
export function showAnswer(name: string, { status, content, isPage }: ApiAnswer): PluginResult {
  if (isPage) throw new ApiError(`${name} answered with a web page, not with data.`, { status })
  if (content === '') return { success: true, response: `Done (status ${status}).` }
  if (typeof content === 'string') return { success: true, response: showText(name, content) }
  const text = indented(name, content)
  return text.length > MOST_CHARACTERS
    ? { success: true, response: asFile(`${name}.json`, text) }
    : { success: true, data: content }
}

/**
 * @throws ApiError if the value is nested so deeply that it could be parsed but not written again
 */
function indented(name: string, content: unknown): string {
  try {
    return JSON.stringify(content, null, 2)
  } catch {
    throw new ApiError(`I could not read the response from ${name}.`)
  }
}

/** A text, sent as a file if it is long. */
export function showText(name: string, text: string): Reply {
  return text.length > MOST_CHARACTERS ? asFile(`${name}.txt`, text) : { text }
}

function asFile(fileName: string, text: string): Reply {
  return {
    text: `The answer is long (${text.length.toLocaleString('en')} characters); here it is as a file.`,
    media: { kind: 'document', source: new TextEncoder().encode(text), fileName },
  }
}
