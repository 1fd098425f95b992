import type { CliEnvironment } from './cli-environment.ts'

/** What was typed after the words of a command. */
export interface CliInput {
  readonly args: readonly string[]
  /** By the option's long name: its value, or `true` when it takes none. */
  readonly options: Readonly<Record<string, string | true | undefined>>
}

/** One entry of the `pluggram` command. */
export interface CliCommand {
  /** What is typed after `pluggram`: `start`, or `plugins enable`. */
  readonly words: string
  readonly summary: string
  /** Placeholder → explanation, in the order they are typed: `<name>`, `[update-id...]`. */
  readonly arguments?: Readonly<Record<string, string>>
  /** Flags → explanation: `--yes`, `--chat <id>`. */
  readonly options?: Readonly<Record<string, string>>
  /** What is typed after `pluggram` → what it does; `--help` shows them. */
  readonly examples?: Readonly<Record<string, string>>
  /** It lists something, and prints it as JSON with `--json`. */
  readonly isList?: boolean
  /**
   * Does the work. Import heavy modules inside it, so that `--help` stays fast.
   * @returns the exit code
   */
  run?(cli: CliEnvironment, input: CliInput): number | Promise<number>
}
