import { z } from '@pluggram/sdk'

const snooze = z.int().min(1).max(10_080)

/** The block `plugins.reminders`. */
export const configuration = z.object({
  default_hour: z.int().min(0).max(23).default(9).describe('The hour of a day for which none is said'),
  max_per_person: z
    .int()
    .min(1)
    .max(1_000)
    .default(100)
    .describe('How many reminders may wait for one person'),
  snooze_minutes: z
    .array(snooze)
    .min(1)
    .max(4)
    .default([10, 60, 1_440])
    .describe('The buttons under a reminder: minutes to put it off by'),
})

export type Configuration = z.output<typeof configuration>
