import { isAbsolute } from 'node:path'
import { z } from '@pluggram/sdk'

const roles = z.enum(['everyone', 'trusted', 'owner'])

export const configuration = z.object({
  folders: z
    .array(
      z.object({
        path: z
          .string()
          .refine((path) => isAbsolute(path), 'an absolute path')
          .describe('The folder; its subfolders are read, too.'),
        chat: z
          .int()
          .optional()
          .describe(
            'The id of the group whose documents these are. Default: everybody may be told what they say.',
          ),
      }),
    )
    .max(20)
    .default([])
    .describe('Folders whose text, Markdown, HTML and PDF files are learned, and again when they change.'),
  folder_minutes: z
    .number()
    .min(1)
    .max(10_080)
    .default(10)
    .describe('How often the folders are looked at, in minutes.'),
  learn_role: roles.default('everyone').describe('Who may add documents of their own in a private chat.'),
  learn_in_groups_role: roles
    .default('trusted')
    .describe("Who may add documents to a group's. Documents for everybody are added by the owner only."),
  documents: z
    .int()
    .min(1)
    .max(1_000)
    .default(100)
    .describe('How many documents a user, a group, and everybody may have each.'),
  embeddings: z
    .boolean()
    .default(true)
    .describe(
      'Whether texts are also found by meaning, when a model for embeddings is set. The texts are sent to that model.',
    ),
  passages: z.int().min(1).max(20).default(6).describe('How many passages the model reads to answer /ask.'),
})

export type Configuration = z.infer<typeof configuration>
