/** What a command reads from and prints to; tests pass their own. */
export interface CliEnvironment {
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
  print(line: string): void
  printError(line: string): void
}
