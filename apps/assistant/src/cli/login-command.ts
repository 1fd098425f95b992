import { join } from 'node:path'
import { createLoginLink } from '../access-keys.ts'
import type { CliEnvironment } from './cli-environment.ts'

/** Prints a link for the assistant that runs in this home. */
export function login(cli: CliEnvironment): number {
  const link = createLoginLink(join(cli.home, 'data'))
  if (link === undefined) {
    cli.printError(
      `No assistant was started in ${cli.home}. Run "npx pluggram start" there, or set PLUGGRAM_HOME to its home.`,
    )
    return 1
  }
  cli.print(link)
  return 0
}
