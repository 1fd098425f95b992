import { z } from '@pluggram/sdk'

const question = z
  .strictObject({
    key: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,30}$/, 'starts with a letter and has lower case letters, digits and _')
      .describe('The column of the answer in what is exported'),
    ask: z.string().trim().min(1).max(1_000).describe('The question as people read it'),
    type: z
      .enum(['text', 'number', 'email', 'date', 'yes_no', 'choice'])
      .default('text')
      .describe('What counts as an answer; date is YYYY-MM-DD'),
    choices: z
      .array(z.string().trim().min(1).max(60))
      .min(2)
      .max(20)
      .optional()
      .describe('The answers of a choice, shown as buttons'),
    required: z.boolean().default(true).describe('False lets people skip the question'),
    min: z.number().optional().describe('The least number'),
    max: z.number().optional().describe('The greatest number'),
    max_length: z.int().min(1).max(4_000).default(1_000).describe('The longest text, in characters'),
  })
  .check(({ value, issues }) => {
    if (value.type === 'choice' && !value.choices) {
      issues.push({ code: 'custom', message: 'a choice needs its choices', path: ['choices'], input: value })
    }
  })

const form = z
  .strictObject({
    title: z.string().trim().min(1).max(100),
    intro: z.string().max(2_000).optional().describe('Shown before the first question'),
    questions: z.array(question).min(1).max(50),
    thanks: z.string().min(1).max(2_000).default('Thank you! Your answers were saved.'),
    once: z.boolean().default(false).describe('Each person can send it once'),
  })
  .check(({ value, issues }) => {
    const keys = value.questions.map(({ key }) => key)
    const twice = keys.findIndex((key, index) => keys.indexOf(key) !== index)
    if (twice === -1) return
    const message = `two questions have the key "${keys[twice]}"`
    issues.push({ code: 'custom', message, path: ['questions', twice, 'key'], input: keys[twice] })
  })

export const configuration = z.object({
  forms: z
    .record(
      z
        .string()
        .regex(/^[a-z][a-z0-9_]{0,30}$/, 'starts with a letter and has lower case letters, digits and _'),
      form,
    )
    .default({})
    .describe('Forms by the name that people write after /form'),
  keep_polls_days: z
    .int()
    .min(1)
    .max(3_650)
    .default(90)
    .describe('How long votes are kept after the last one'),
  keep_answers_days: z
    .int()
    .min(1)
    .max(3_650)
    .optional()
    .describe('How long the answers of forms are kept; for ever when it is left out'),
})

export type Configuration = z.infer<typeof configuration>
export type Form = Configuration['forms'][string]
export type Question = Form['questions'][number]
