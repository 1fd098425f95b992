import { z } from '@pluggram/sdk'
import { findLanguage } from './language.ts'

const languageTag = z
  .string()
  .refine((tag) => findLanguage(tag) !== undefined, 'is no language: write a tag such as "de" or "pt-BR"')

export const configuration = z.object({
  language: languageTag
    .optional()
    .describe(
      'Translated into when nobody names a language. Default: the language of the app of whoever asks',
    ),
  default_language: languageTag
    .default('en')
    .describe('Translated into when nobody says otherwise and the language of the app is not known'),
  max_characters: z
    .int()
    .min(1)
    .max(100_000)
    .default(4_000)
    .describe('Longer texts are not translated: they cost the model much'),
  auto_in_groups: z
    .enum(['everyone', 'trusted', 'owner'])
    .default('trusted')
    .describe('Who may have every message of a group translated; in a private chat everybody may'),
})

export type Configuration = z.infer<typeof configuration>
