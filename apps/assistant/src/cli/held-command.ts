import { decideHeld, listHeld } from '@pluggram/storage'
import type { HeldMessage } from '@pluggram/storage'
import { PluggramError } from '@pluggram/sdk'
import { count } from '../backup/describe-backup.ts'
import { whileStopped } from './ask-running.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { withDatabase } from './with-database.ts'

export interface HeldInput {
  readonly isSent: boolean
  readonly isDropped: boolean
  /** Hours, as typed. */
  readonly olderThan?: string
}

const HOUR_MS = 60 * 60 * 1_000

/** Lists messages that wait since a restore, sends them at the next start, or deletes them. */
export async function held(cli: CliEnvironment, input: HeldInput): Promise<number> {
  const { isSent, isDropped } = input
  if (isSent && isDropped) {
    throw new PluggramError('command-failed', 'Give --send or --drop, not both.')
  }
  const before = Date.now() - hoursOf(input.olderThan) * HOUR_MS
  const found = await whileStopped(cli, () =>
    withDatabase(cli, async ({ log: { connection }, bot }) => {
      const chosen = listHeld(connection, bot).filter(({ createdAt }) => createdAt <= before)
      if (isSent || isDropped) decideHeld(connection, { bot, ids: chosen.map(({ id }) => id), isSent })
      return chosen
    }),
  )
  if (!found) {
    throw new PluggramError(
      'command-failed',
      `There is no database in ${cli.home}. Set PLUGGRAM_HOME to the home of an assistant.`,
    )
  }
  if (isSent) cli.print(`To be sent at the next start: ${count(found.length, 'message')}.`)
  else if (isDropped) cli.print(`Deleted: ${count(found.length, 'message')}.`)
  else if (cli.isJson) cli.print(JSON.stringify({ held: found }, null, 2))
  else print(cli, found)
  return 0
}

function print(cli: CliEnvironment, found: readonly HeldMessage[]): void {
  if (found.length === 0) cli.print('No messages are waiting.')
  for (const { chatId, content, createdAt } of found) {
    cli.print(`${new Date(createdAt).toISOString()}  chat ${chatId}  ${JSON.stringify(textOf(content))}`)
  }
}

/** The words of a message, or the method that sends it. */
function textOf(content: unknown): string {
  const { method, payload } = (content ?? {}) as {
    method?: unknown
    payload?: { text?: unknown; caption?: unknown }
  }
  const text = payload?.text ?? payload?.caption
  return typeof text === 'string' ? text.slice(0, 200) : String(method ?? 'message')
}

function hoursOf(typed: string | undefined): number {
  if (typed === undefined) return 0
  const hours = Number(typed)
  if (typed.trim() !== '' && Number.isFinite(hours) && hours >= 0) return hours
  throw new PluggramError(
    'command-failed',
    `--older-than takes hours, for example --older-than 24; it was ${typed}.`,
  )
}
