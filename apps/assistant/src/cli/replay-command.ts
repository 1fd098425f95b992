import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { MessageStore } from '@pluggram/sdk/runtime'
import { createSqliteMessageStore, openSqliteDatabase, WriteLog } from '@pluggram/storage'
import { createLoginLink } from '../access-keys.ts'
import { toSummary } from '../http/parked-routes.ts'
import type { ParkedSummary } from '../http/parked-routes.ts'
import type { CliEnvironment } from './cli-environment.ts'

/** Parked updates, through the running assistant when there is one, else in the database file. */
interface ParkedUpdates {
  list(): Promise<readonly ParkedSummary[]>
  show(id: string): Promise<unknown>
  replay(id: string): Promise<boolean>
  drop(id: string): Promise<boolean>
  close(): Promise<void>
}

/** Lists parked updates, shows one, works on them again, or drops them. */
export async function replay(
  cli: CliEnvironment,
  ids: readonly string[],
  options: { readonly all?: boolean; readonly show?: boolean; readonly drop?: boolean },
): Promise<number> {
  const parked = (await connect(cli)) ?? openFile(cli)
  if (!parked) {
    cli.printError(`There is no database in ${cli.home}. Set PLUGGRAM_HOME to the home of an assistant.`)
    return 1
  }
  try {
    const list = await parked.list()
    const chosen = options.all ? list.map((item) => String(item.updateId)) : ids
    if (chosen.length === 0) return printList(cli, list)
    let exitCode = 0
    for (const id of chosen) {
      if (!(await act(cli, parked, id, options))) {
        cli.printError(
          `No update ${id} is parked. Run "pluggram replay" without a number to list those that are.`,
        )
        exitCode = 1
      }
    }
    return exitCode
  } finally {
    await parked.close()
  }
}

async function act(
  cli: CliEnvironment,
  parked: ParkedUpdates,
  id: string,
  options: { readonly show?: boolean; readonly drop?: boolean },
): Promise<boolean> {
  if (options.show) {
    const update = await parked.show(id)
    if (update !== undefined) cli.print(JSON.stringify(update, null, 2))
    return update !== undefined
  }
  const isDone = options.drop ? await parked.drop(id) : await parked.replay(id)
  if (isDone) cli.print(`${id} ${options.drop ? 'is dropped' : 'is worked on again'}`)
  return isDone
}

function printList(cli: CliEnvironment, list: readonly ParkedSummary[]): number {
  if (list.length === 0) cli.print('No update is parked.')
  for (const { updateId, chatId, text, tries, reason, receivedAt } of list) {
    cli.print(
      `${updateId}  ${receivedAt}  chat ${chatId}  ${tries} tries  ${JSON.stringify(text)}  ${reason}`,
    )
  }
  return 0
}

/** Speaks to the assistant that runs in this home; `undefined` when none answers. */
async function connect(cli: CliEnvironment): Promise<ParkedUpdates | undefined> {
  const link = createLoginLink(join(cli.home, 'data'))
  if (link === undefined) return undefined
  const root = new URL('/api/parked', link).href
  try {
    const login = await fetch(link, { redirect: 'manual', signal: AbortSignal.timeout(3_000) })
    const cookie = login.headers.getSetCookie()[0]?.split(';')[0]
    if (cookie === undefined) return undefined
    const call = async (method: string, path: string): Promise<unknown> => {
      const response = await fetch(root + path, { method, headers: { cookie } })
      return response.ok ? response.json() : undefined
    }
    return {
      list: async () => ((await call('GET', '')) as { parked: ParkedSummary[] }).parked,
      show: (id) => call('GET', `/${encodeURIComponent(id)}`),
      replay: async (id) => (await call('POST', `/${encodeURIComponent(id)}/replay`)) !== undefined,
      drop: async (id) => (await call('DELETE', `/${encodeURIComponent(id)}`)) !== undefined,
      async close() {},
    }
  } catch {
    return undefined
  }
}

/** Without a running assistant the file itself is changed; the next start works on what was replayed. */
function openFile(cli: CliEnvironment): ParkedUpdates | undefined {
  const file = join(cli.home, 'data', 'pluggram.db')
  if (!existsSync(file)) return undefined
  const database = openSqliteDatabase(file)
  const log = new WriteLog(database)
  const store: MessageStore = createSqliteMessageStore(log)
  return {
    list: async () => store.parked().map(toSummary),
    show: async (id) => store.parked().find((item) => String(item.update.updateId) === id),
    replay: async (id) => (await store.replay(Number(id))) !== undefined,
    drop: (id) => store.drop(Number(id)),
    async close() {
      await store.close()
      await log.close()
      database.close()
    },
  }
}
