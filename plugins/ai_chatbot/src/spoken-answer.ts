import type { MessageContext, PluginResult, Reply, Services } from '@pluggram/sdk'

/** The most that a model speaks in one go. */
const MAX_SPOKEN_CHARACTERS = 4_000

/**
 * The answer as a voice message with its words below. It is collected first, since a recording
 * cannot be sent in parts. If it cannot be spoken, only the words are sent.
 */
export async function speakAnswer(
  result: PluginResult,
  context: MessageContext,
  services: Services,
): Promise<PluginResult> {
  if (!result.success || !isTextReply(result.response)) return result
  const text = await readText(result.response)
  const { previewButtons: _buttons, ...reply } = { ...result.response, text }
  const spoken = plainWords(text)
  if (spoken.length > MAX_SPOKEN_CHARACTERS) return { success: true, response: reply }
  try {
    const request = { text: spoken, for: context, signal: context.signal }
    const { audio, mediaType } = await services.ai.speak(request)
    const kind = mediaType === 'audio/ogg' ? 'voice' : 'audio'
    return { success: true, response: { ...reply, media: { kind, source: audio } } }
  } catch (error) {
    if (context.signal.aborted) throw error
    services.captureException(error, { while: 'speaking an answer' })
    return { success: true, response: reply }
  }
}

function isTextReply(response: unknown): response is Reply & { text: AsyncIterable<string> } {
  return (
    typeof response === 'object' &&
    response !== null &&
    'text' in response &&
    typeof response.text === 'object' &&
    response.text !== null
  )
}

async function readText({ text }: { readonly text: AsyncIterable<string> }): Promise<string> {
  let whole = ''
  for await (const piece of text) whole += piece
  return whole
}

/** Formatting marks should not be read aloud. */
function plainWords(markdown: string): string {
  return markdown
    .replaceAll(/```[^]*?```/g, ' ')
    .replaceAll(/\[([^[\]]*)\]\([^()]*\)/g, '$1')
    .replaceAll(/[*_`#>|~]+/g, '')
    .trim()
}
