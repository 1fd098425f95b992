import { z } from '@pluggram/sdk'
import { askOnlyRunning } from './ask-running.ts'
import type { CliEnvironment } from './cli-environment.ts'

/** Prints a link for the assistant that runs in this home. */
export async function login(cli: CliEnvironment): Promise<number> {
  const answer = z.object({ link: z.string() })
  const { link } = await askOnlyRunning(cli, { method: 'POST', path: '/api/login-links', answer })
  cli.print(link)
  return 0
}
