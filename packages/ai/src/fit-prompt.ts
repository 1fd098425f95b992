import type { ModelInput } from '@pluggram/sdk'
import { inputKind } from './model-inputs.ts'
import type { CallOptions } from './sdk-language-model.ts'

type Prompt = CallOptions['prompt']

/**
 * The prompt with only the files that a model takes. Files of the user's own message were compared
 * with the models before; pictures that a tool gives come later.
 */
export function fitPrompt(prompt: Prompt, takes: readonly ModelInput[]): Prompt {
  const isTaken = (mediaType: string): boolean => {
    const kind = inputKind(mediaType)
    return kind !== undefined && takes.includes(kind)
  }
  return prompt.map((message) =>
    message.role === 'user' &&
    message.content.some((part) => part.type === 'file' && !isTaken(part.mediaType))
      ? {
          ...message,
          content: message.content.map((part) =>
            part.type === 'file' && !isTaken(part.mediaType)
              ? { type: 'text' as const, text: `[A file of type ${part.mediaType}, which you cannot see.]` }
              : part,
          ),
        }
      : message,
  )
}
