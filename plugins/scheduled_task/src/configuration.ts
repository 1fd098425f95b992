import { findTimeZone } from '@pluggram/plugin-kit'
import { z } from '@pluggram/sdk'
import { parseTimes, TimesError } from './parse-times.ts'

const when = z
  .string()
  .min(1)
  .max(100)
  .check((context) => {
    try {
      parseTimes(context.value)
    } catch (error) {
      const message = error instanceof TimesError ? error.message : 'cannot be read'
      context.issues.push({ code: 'custom', message, input: context.value })
    }
  })
  .describe('As after /every: `weekday 9:00`, `monday and friday 17:30`, `2 hours`, `cron: 0 9 1 * *`')

const timeZone = z
  .string()
  .refine((name) => findTimeZone(name) !== undefined, 'is not a time zone such as Europe/Berlin')

const job = z
  .strictObject({
    every: when,
    chats: z.array(z.int()).min(1).max(100).describe('Ids of the chats that it goes to'),
    message: z.string().min(1).max(4_000).optional().describe('A text that is sent as it stands'),
    prompt: z.string().min(1).max(4_000).optional().describe('An order to the model, whose answer is sent'),
    time_zone: timeZone.optional().describe("Default: the assistant's, `assistant.time_zone`"),
  })
  .refine(
    (value) => (value.message === undefined) !== (value.prompt === undefined),
    'needs either message or prompt',
  )

/** The block `plugins.scheduled_task`. */
export const configuration = z.object({
  jobs: z
    .record(z.string().regex(/^[a-z0-9_]{1,32}$/, 'is not a valid job name'), job)
    .default({})
    .describe('Jobs set in config.json, besides those made in chats'),
  max_jobs: z.int().min(1).max(500).default(50).describe('How many jobs may be made in chats'),
  role: z.enum(['trusted', 'owner']).default('trusted').describe('Who may make and change jobs'),
})

export type Configuration = z.output<typeof configuration>
