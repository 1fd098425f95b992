import { z } from '@pluggram/sdk'
import { askOnlyRunning } from './ask-running.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { printJson } from './print-json.ts'

const listSchema = z.object({
  sessions: z.array(
    z.object({
      id: z.string(),
      by: z.string(),
      address: z.string(),
      browser: z.string(),
      createdAt: z.string(),
      seenAt: z.string(),
    }),
  ),
})

/** Lists the sessions of the running assistant, the newest first. */
export async function listSessions(cli: CliEnvironment): Promise<number> {
  const { sessions } = await askOnlyRunning(cli, { method: 'GET', path: '/api/sessions', answer: listSchema })
  if (cli.isJson) return printJson(cli, sessions)
  if (sessions.length === 0) cli.print('Nobody is logged in.')
  for (const { id, by, address, browser, createdAt, seenAt } of sessions)
    cli.print(`${id}  since ${createdAt}  seen ${seenAt}  by ${by}  ${address}  ${browser}`)
  return 0
}

/** Ends one session, or all. */
export async function endSession(cli: CliEnvironment, id: string): Promise<number> {
  const path = id === 'all' ? '/api/sessions' : `/api/sessions/${encodeURIComponent(id)}`
  const { ended } = await askOnlyRunning(cli, {
    method: 'DELETE',
    path,
    answer: z.object({ ended: z.number() }),
  })
  cli.print(ended === 1 ? 'One browser was logged out.' : `${ended} browsers were logged out.`)
  return 0
}
