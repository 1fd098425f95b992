/** What a command reads from and prints to; tests pass their own. */
export interface CliEnvironment {
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** `--json` was given: what is listed is printed as one JSON document. */
  readonly isJson?: boolean
  print(line: string): void
  printError(line: string): void
}
