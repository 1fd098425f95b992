import { definePlugin, hasRole, isPluggramError, refusalFor } from '@pluggram/sdk'
import type {
  CommandContext,
  CommandDefinition,
  PluggramError,
  PluginDefinition,
  PluginResult,
  Reply,
  Role,
  SqlResult,
} from '@pluggram/sdk'
import { askInWords } from './ask-in-words.ts'
import { buildLookup, LookupError } from './build-lookup.ts'
import { configuration } from './configuration.ts'
import type { Configuration, Lookup, Questions } from './configuration.ts'
import { formatRows } from './format-rows.ts'
import { readRows } from './read-rows.ts'
import { TEXTS } from './texts.ts'

type Context = CommandContext<Configuration>

/** Answers with records from the owner's databases. */
const database: PluginDefinition<typeof configuration> = definePlugin({
  name: 'database',
  version: '0.1.0',
  description: 'Looks up records in your databases',
  config: configuration,
  configure: ({ lookups, questions }) => ({
    commands: {
      ...Object.fromEntries(
        Object.entries(lookups).map(([name, lookup]) => [name, lookupCommand(name, lookup)]),
      ),
      ...(questions && { query: questionCommand(questions) }),
    },
    permissions: {
      databases: [
        ...new Set(
          [...Object.values(lookups), ...(questions ? [questions] : [])].map((item) => item.database),
        ),
      ],
      ...(questions && { ai: true }),
    },
  }),
  setup: () => ({
    getStatus: () => ({ status: 'active' }),
  }),
})
export default database

function lookupCommand(name: string, lookup: Lookup): CommandDefinition<Configuration> {
  return {
    description: lookup.description,
    usage: lookup.usage ?? `/${name} …`,
    execute: (args, context) =>
      answer(lookup.role, context, async () => {
        const { services, config } = context
        const source = await services.database.open(lookup.database)
        const result = await readRows(source, buildLookup(lookup, args, source.dialect), config.max_rows)
        if (result.rows.length === 0)
          return { text: TEXTS.nothingFound(args.trim() === '' ? '' : ` for “${args.trim().slice(0, 100)}”`) }
        return show(result, context)
      }),
  }
}

function questionCommand(questions: Questions): CommandDefinition<Configuration> {
  return {
    description: 'Ask the database in plain words',
    usage: '/query how many orders came in this week?',
    execute: (args, context) =>
      answer(questions.role, context, async () => {
        const { services, config } = context
        const question = args.trim()
        if (question === '') throw new LookupError(TEXTS.addQuestionAfterCommand)
        const source = await services.database.open(questions.database)
        const { about } = questions
        const { sql, result } = await askInWords(source, services.ai, {
          question,
          about,
          maxRows: config.max_rows,
          context,
        })
        if (result.rows.length === 0) return [{ text: TEXTS.nothingFoundInWords }, asCode(sql)]
        return [await show(result, context), asCode(sql)]
      }),
  }
}

function show(result: SqlResult, { config, signal }: Context): Promise<Reply> {
  return formatRows(result, { max: config.max_rows, tables: config.tables, signal })
}

/** The query that ran: it lets the reader of the answer see what was really asked. */
function asCode(sql: string): Reply {
  return {
    text: sql,
    entities: [{ type: 'pre', offset: 0, length: sql.length, language: 'sql' }],
    silent: true,
  }
}

async function answer(
  role: Role,
  context: Context,
  work: () => Promise<Reply | readonly Reply[]>,
): Promise<PluginResult> {
  if (!hasRole(context.role, role)) {
    return { success: false, error: refusalFor(role) }
  }
  try {
    return { success: true, response: await work() }
  } catch (error) {
    return { success: false, error: explain(error, context) }
  }
}

/** What a database reports about its tables goes to the owner's log, not to the chat. */
function explain(error: unknown, { services }: Context): string {
  if (error instanceof LookupError) return error.message
  if (isPluggramError(error)) {
    if (error.code === 'ai-limit') return error.message
    if (isMisfit(error)) return TEXTS.valueDoesNotFit
  }
  services.captureException(error, { during: 'lookup' })
  if (!isPluggramError(error)) return TEXTS.lookupFailed
  switch (error.code) {
    case 'database-timeout':
      return TEXTS.databaseTookTooLong
    case 'database-limit':
      return TEXTS.resultTooLargeAsk
    case 'database-unavailable':
      return TEXTS.databaseIsntResponding
    default:
      return error.code.startsWith('ai-') ? TEXTS.aiServiceIsntResponding : TEXTS.databaseCouldNotAnswer
  }
}

/**
 * Whether PostgreSQL could not parse a value as the column's type. That is the user's mistake; the
 * owner has nothing to fix.
 */
function isMisfit({ code, message }: PluggramError): boolean {
  return (
    code === 'database-query-failed' &&
    /: (?:invalid input syntax for|(?:value|date).* is out of range|date\/time field value out of range)/.test(
      message,
    )
  )
}
