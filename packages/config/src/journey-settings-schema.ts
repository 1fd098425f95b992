import { z } from 'zod'

/** What messages went through. */
export const journeySettings = z
  .strictObject({
    keep: z
      .int()
      .min(0)
      .max(100_000)
      .meta({
        description:
          'How many messages are remembered in memory with what they went through; 0 remembers none. A thousand take about 3 MB.',
        expected: 'a whole number from 0 to 100000',
      })
      .default(1_000),
    days: z
      .int()
      .min(0)
      .max(365)
      .meta({
        description:
          'For how many days the last failed, the slowest and the dearest message of each plugin are kept on disk; 0 keeps none.',
        expected: 'a whole number from 0 to 365',
      })
      .default(7),
  })
  .meta({
    description: 'What messages went through, for `pluggram journey` and the console.',
    takesEffect: 'live',
  })
