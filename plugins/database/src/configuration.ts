import { z } from '@pluggram/sdk'

const ROLES = ['everyone', 'trusted', 'owner'] as const
const name = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'is not the name of a database in config.json')
/** The name of a table or column. A table's name may include its schema. */
const identifier = z.string().regex(/^[\p{L}_][\p{L}\p{N}_$]{0,62}$/u, 'is no plain name of a column')
const table = z
  .string()
  .regex(/^[\p{L}_][\p{L}\p{N}_$]*(?:\.[\p{L}_][\p{L}\p{N}_$]*)?$/u, 'is no plain name of a table')

const common = {
  database: name.describe('The name under `databases` in config.json'),
  description: z
    .string()
    .min(1)
    .max(200)
    .default('Look something up')
    .describe('One line for the menu and /help'),
  usage: z.string().max(100).optional().describe('How to write the command'),
  role: z.enum(ROLES).default('everyone').describe('Who may look this up'),
}

const recordLookup = z.strictObject({
  ...common,
  table: table.describe('Where to look'),
  column: identifier.describe('The column that is compared with what the user writes'),
  match: z.enum(['exact', 'prefix', 'contains']).default('exact').describe('How it is compared'),
  columns: z.array(identifier).min(1).max(30).optional().describe('What to show; default: every column'),
})
const queryLookup = z.strictObject({
  ...common,
  query: z.string().min(1).max(10_000).describe('SQL with a ? for each value'),
  values: z
    .enum(['whole', 'words'])
    .default('whole')
    .describe('`whole`: what the user writes is one value; `words`: each word is one'),
})

const lookup = z.union([queryLookup, recordLookup])
const questions = z.strictObject({
  database: name.describe('The database that is asked; it must not be writable'),
  role: z.enum(ROLES).default('trusted').describe('Who may ask'),
  about: z.string().max(4_000).default('').describe('What the model should know of the tables'),
})

/** The block `plugins.database`. */
export const configuration = z.object({
  lookups: z
    .record(z.string().regex(/^[a-z0-9_]{1,32}$/, 'is no command'), lookup)
    .default({})
    .describe('Commands and what they look up'),
  questions: questions.optional().describe('Questions in plain words, answered through the model by /query'),
  max_rows: z.int().min(1).max(100).default(20).describe('Rows that are shown'),
  tables: z
    .enum(['auto', 'text', 'picture'])
    .default('auto')
    .describe(
      'How several rows are shown: as text, as a picture of a table, or as a picture when they are too wide for a phone',
    ),
})

export type Configuration = z.output<typeof configuration>
export type Lookup = z.output<typeof lookup>
export type Questions = z.output<typeof questions>
