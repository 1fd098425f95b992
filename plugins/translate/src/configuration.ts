import { z } from '@pluggram/sdk'
import { findLanguage } from './language.ts'

const languageTag = z
  .string()
  .refine((tag) => findLanguage(tag) !== undefined, 'is not a language; use a tag such as "de" or "pt-BR"')

export const configuration = z.object({
  language: languageTag
    .optional()
    .describe("The target language when nobody names one. Default: the language of the user's app"),
  default_language: languageTag
    .default('en')
    .describe('The target language when nobody names one and the language of the app is unknown'),
  max_characters: z
    .int()
    .min(1)
    .max(100_000)
    .default(4_000)
    .describe('The longest text to translate; long texts cost more'),
  auto_in_groups: z
    .enum(['everyone', 'trusted', 'owner'])
    .default('trusted')
    .describe('Who may turn on auto-translation in a group; in a private chat everybody may'),
})

export type Configuration = z.infer<typeof configuration>
