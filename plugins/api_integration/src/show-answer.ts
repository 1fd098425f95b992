import type { PluginResult, Reply } from '@pluggram/sdk'
import { ApiError } from './api-error.ts'
import type { ApiAnswer } from './send-request.ts'
import { TEXTS } from './texts.ts'

/** Longer text would fill many messages, so it is sent as a file. */
const MOST_CHARACTERS = 8_000

/**
 * An answer as a reply, if no template says how to show it.
 * @throws ApiError if it is a web page: a login form or an error page instead of data
 */
export function showAnswer(name: string, { status, content, isPage }: ApiAnswer): PluginResult {
  if (isPage) throw new ApiError(TEXTS.answeredWebPageNot(name), { status })
  if (content === '') return { success: true, response: TEXTS.doneStatus(status) }
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
    throw new ApiError(TEXTS.couldNotReadResponse(name))
  }
}

/** A text, sent as a file if it is long. */
export function showText(name: string, text: string): Reply {
  return text.length > MOST_CHARACTERS ? asFile(`${name}.txt`, text) : { text }
}

function asFile(fileName: string, text: string): Reply {
  return {
    text: TEXTS.answerLongCharactersFile(text.length.toLocaleString('en')),
    media: { kind: 'document', source: new TextEncoder().encode(text), fileName },
  }
}
