import { journeyLine, waterfall } from '@pluggram/observability'
import type { JourneyView } from '@pluggram/observability'
import { PluggramError, z } from '@pluggram/sdk'
import { CommitQueue, createSqliteJourneys } from '@pluggram/storage'
import { noJourney } from '../http/journey-routes.ts'
import { createJourneyBook } from '../journey-book.ts'
import type { JourneyBook, JourneyList } from '../journey-book.ts'
import { askElse } from './ask-running.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { printJson } from './print-json.ts'
import { withDatabase } from './with-database.ts'

export interface JourneyFilter {
  readonly isFailed: boolean
  readonly plugin?: string
}

const LISTED = 20

/** Lists journeys, or shows one. Without a running assistant only those on disk are known. */
export function journey(
  cli: CliEnvironment,
  which: string | undefined,
  filter: JourneyFilter,
): Promise<number> {
  return which === undefined ? list(cli, filter) : show(cli, which)
}

async function show(cli: CliEnvironment, which: string): Promise<number> {
  const path = `/api/journeys/${encodeURIComponent(which)}`
  const answer = z.custom<JourneyView>((value) => typeof value === 'object')
  const view = await askElse(cli, { method: 'GET', path, answer }, async () => {
    const found = await onDisk(cli, (book) => book.find(which))
    if (found) return found
    throw new PluggramError('command-failed', noJourney(which).message)
  })
  if (cli.isJson) return printJson(cli, view)
  cli.print(waterfall(view).join('\n'))
  return 0
}

async function list(cli: CliEnvironment, { isFailed, plugin }: JourneyFilter): Promise<number> {
  const query = { limit: LISTED, failed: isFailed, plugin }
  const words = new URLSearchParams({ limit: String(LISTED), failed: String(isFailed) })
  if (plugin !== undefined) words.set('plugin', plugin)
  const answer = z.custom<JourneyList>((value) => typeof value === 'object')
  const found = await askElse(cli, { method: 'GET', path: `/api/journeys?${words}`, answer }, () =>
    onDisk(cli, (book) => book.list(query)),
  )
  if (cli.isJson) return printJson(cli, found)
  for (const line of listLines(found)) cli.print(line)
  return 0
}

function listLines({ journeys, kept }: JourneyList): string[] {
  if (journeys.length === 0 && kept.length === 0) return ['No message is remembered.']
  return [
    ...journeys.map(journeyLine),
    ...(kept.length > 0 ? ['', 'Kept on disk:'] : []),
    ...kept.map((item) => `${item.reason.padEnd(8)} ${journeyLine(item)}`),
  ]
}

async function onDisk<T>(cli: CliEnvironment, work: (book: JourneyBook) => Promise<T>): Promise<T> {
  const done = await withDatabase(cli, async ({ log, bot }) => {
    const queue = new CommitQueue(log)
    try {
      return { result: await work(createJourneyBook(createSqliteJourneys(queue, { bot }))) }
    } finally {
      await queue.close()
    }
  })
  if (done) return done.result
  throw new PluggramError(
    'command-failed',
    `There is no database in ${cli.home}. Set PLUGGRAM_HOME to the home of an assistant.`,
  )
}
