import type { ChatMessage } from '@pluggram/sdk'
import type { ModelMessage } from 'ai'

/** Converts a turn to the AI SDK's format. Files come before the text about them. */
export function toModelMessage({ role, content, files = [] }: ChatMessage): ModelMessage {
  if (role === 'assistant' || files.length === 0) return { role, content }
  return {
    role,
    content: [
      ...files.map(({ mediaType, data, name }) => ({
        type: 'file' as const,
        mediaType,
        data,
        ...(name !== undefined && { filename: name }),
      })),
      ...(content === '' ? [] : [{ type: 'text' as const, text: content }]),
    ],
  }
}
