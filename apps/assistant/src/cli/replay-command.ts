import type { MessageStore } from '@pluggram/sdk/runtime'
import { errorMessage, isPluggramError, PluggramError, z } from '@pluggram/sdk'
import { createSqliteMessageStore } from '@pluggram/storage'
import { notParked, toSummary } from '../http/parked-routes.ts'
import { askElse } from './ask-running.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { printJson } from './print-json.ts'
import { withDatabase } from './with-database.ts'

/** What is done with chosen updates. */
export interface ReplayOptions {
  readonly all?: boolean
  readonly show?: boolean
  readonly drop?: boolean
}

const listSchema = z.object({
  parked: z.array(
    z.object({
      updateId: z.number(),
      chatId: z.number(),
      text: z.string(),
      tries: z.number(),
      reason: z.string(),
      receivedAt: z.string(),
    }),
  ),
})
type Parked = z.infer<typeof listSchema>['parked']

/** Lists parked updates, shows them, retries them, or drops them. */
export async function replay(
  cli: CliEnvironment,
  ids: readonly string[],
  options: ReplayOptions,
): Promise<number> {
  const ask = { method: 'GET', path: '/api/parked', answer: listSchema } as const
  const { parked } = await askElse(cli, ask, () =>
    withStore(cli, async (store) => ({ parked: (await store.parked()).map(toSummary) })),
  )
  const chosen = options.all ? parked.map((item) => String(item.updateId)) : ids
  if (chosen.length === 0) return printList(cli, parked)
  let exitCode = 0
  for (const id of chosen) {
    try {
      await act(cli, id, options)
    } catch (error) {
      if (!isPluggramError(error)) throw error
      cli.printError(errorMessage(error))
      exitCode = 1
    }
  }
  return exitCode
}

async function act(cli: CliEnvironment, id: string, { show, drop }: ReplayOptions): Promise<void> {
  const path = `/api/parked/${encodeURIComponent(id)}`
  const answer = z.unknown()
  if (show) {
    const update = await askElse(cli, { method: 'GET', path, answer }, () =>
      withStore(cli, async (store) =>
        found(
          id,
          (await store.parked()).find((item) => String(item.update.updateId) === id),
        ),
      ),
    )
    return cli.print(JSON.stringify(update, null, 2))
  }
  if (drop) {
    await askElse(cli, { method: 'DELETE', path, answer }, () =>
      withStore(cli, async (store) => found(id, (await store.drop(Number(id))) || undefined)),
    )
    return cli.print(`Deleted update ${id}.`)
  }
  await askElse(cli, { method: 'POST', path: `${path}/replay`, answer }, () =>
    withStore(cli, async (store) => found(id, await store.replay(Number(id)))),
  )
  cli.print(`Retrying update ${id}.`)
}

function found<T>(id: string, value: T | undefined): T {
  if (value === undefined) throw new PluggramError('command-failed', notParked(id).error.message)
  return value
}

function printList(cli: CliEnvironment, list: Parked): number {
  if (cli.isJson) return printJson(cli, list)
  if (list.length === 0) cli.print('No update is parked.')
  for (const { updateId, chatId, text, tries, reason, receivedAt } of list) {
    cli.print(
      `${updateId}  ${receivedAt}  chat ${chatId}  ${tries} tries  ${JSON.stringify(text)}  ${reason}`,
    )
  }
  return 0
}

/**
 * Without a running assistant the file itself is changed; the next start works on what was
 * replayed.
 */
async function withStore<T>(cli: CliEnvironment, work: (store: MessageStore) => T | Promise<T>): Promise<T> {
  const done = await withDatabase(cli, async ({ log, bot }) => {
    const store: MessageStore = createSqliteMessageStore(log, { bot })
    try {
      return { result: await work(store) }
    } finally {
      await store.close()
    }
  })
  if (done) return done.result
  throw new PluggramError(
    'command-failed',
    `There is no database in ${cli.home}. Set PLUGGRAM_HOME to the home of an assistant.`,
  )
}
