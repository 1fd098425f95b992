import type { CliEnvironment } from './cli-environment.ts'

/** Prints what `--json` asks for. */
export function printJson(cli: CliEnvironment, value: unknown): number {
  cli.print(JSON.stringify(value, null, 2))
  return 0
}
