import { z } from '@pluggram/sdk'
import type { ToolContext } from '@pluggram/sdk'
import type { Configuration } from './configuration.ts'
import { findLanguage } from './language.ts'
import { TEXTS } from './texts.ts'
import { createTranslator, TranslationError } from './translator.ts'

export const translateSchema = z.object({
  text: z.string().min(1).max(20_000).describe('The text to translate'),
  language: z.string().min(2).max(40).describe('The language to translate into: "German" or "de"'),
})

/** Translates one text. */
export async function translateForModel(
  { text, language: named }: z.infer<typeof translateSchema>,
  context: ToolContext<Configuration>,
): Promise<unknown> {
  const language = findLanguage(named)
  if (!language) return { error: TEXTS.notLanguageKnowTry(named) }
  try {
    const translation = await createTranslator(context.services.ai).translate(text, language, context)
    return translation ?? TEXTS.already(language.name)
  } catch (error) {
    if (error instanceof TranslationError) return { error: error.message }
    throw error
  }
}
