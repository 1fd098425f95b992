import { z } from 'zod'

function wholeNumber(description: string, least: number, most: number): z.ZodNumber {
  return z
    .number()
    .int()
    .min(least)
    .max(most)
    .meta({ description, expected: `a whole number from ${least} to ${most}` })
}

/** `ai.tools`: what the model may do with the plugins' tools. */
export const toolSettings = z
  .strictObject({
    max_rounds: wholeNumber('How many rounds of tool calls one answer may take.', 0, 50).default(8),
    max_parallel: wholeNumber('Calls of one answer that run at the same time.', 1, 16).default(4),
    timeout_seconds: wholeNumber('The longest time for one call of a tool.', 1, 3_600).default(30),
    approval_seconds: wholeNumber(
      'How long the buttons under a call that needs approval can be pressed.',
      10,
      86_400,
    ).default(600),
    granted: z
      .array(z.string().regex(/^[a-z][a-z0-9_]{0,63}\.(?:\*|[\w./-]{1,100})$/))
      .max(1_000)
      .meta({
        description:
          'Tools that act outside the chat and may run without approval, unless the answer has read text from elsewhere: `plugin.tool`, or `plugin.*`.',
        expected: 'an array of "plugin.tool" or "plugin.*"',
      })
      .default([]),
  })
  .meta({ description: 'What the model may do with tools of plugins.', takesEffect: 'live' })
