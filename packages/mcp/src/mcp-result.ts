import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/client'
import { PluggramError } from '@pluggram/sdk'

const MAX_CHARACTERS = 100_000

/**
 * Converts a tool's result to text.
 * @throws PluggramError `tool-refused` with the server's message when the call failed
 */
export function resultToText({ content, structuredContent, isError }: CallToolResult): string {
  const blocks = (content ?? []).map((block) => blockToText(block))
  const text = blocks.length > 0 ? blocks.join('\n') : JSON.stringify(structuredContent ?? null)
  const shown = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS).toWellFormed()}…` : text
  if (isError === true) throw new PluggramError('tool-refused', shown || 'The call failed.')
  return shown
}

function blockToText(block: ContentBlock): string {
  switch (block.type) {
    case 'text':
      return block.text
    case 'image':
    case 'audio':
      return `[${block.type}, ${block.mimeType}, about ${Math.round(block.data.length * 0.75)} bytes]`
    case 'resource_link':
      return `[${block.name}: ${block.uri}]`
    case 'resource': {
      const { resource } = block
      return 'text' in resource ? `${resource.uri}:\n${resource.text}` : `[${resource.uri}, binary]`
    }
    default:
      return ''
  }
}
