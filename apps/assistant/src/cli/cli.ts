import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { isPluggramError } from '@pluggram/sdk'
import { Command, CommanderError } from 'commander'
import type { CliCommand } from './cli-command.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { loadCommands } from './load-commands.ts'

/**
 * Runs the `pluggram` command.
 * @returns the exit code
 */
export async function runCli(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<number> {
  const cli: CliEnvironment = {
    home: resolve(environment.PLUGGRAM_HOME || '.'),
    environment,
    print: (line) => void process.stdout.write(`${line}\n`),
    printError: (line) => void process.stderr.write(`${line}\n`),
  }
  // `pluggram plugins | head`: the reader of our output may be gone
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  let exitCode = 0
  try {
    const program = createProgram()
    for (const command of await loadCommands(args[0])) {
      addCommand(program, command, async (input) => {
        exitCode = (await command.run?.(cli, input)) ?? 0
      })
    }
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    cli.printError(isPluggramError(error) ? error.message : describeUnexpected(error))
    return 1
  }
}

/** Problems of the machine get one line; anything else is a fault of ours, and its place is shown. */
function describeUnexpected(error: unknown): string {
  if (!(error instanceof Error)) return `Ended with an unexpected error: ${String(error)}`
  if ('syscall' in error) return `${error.message}. Correct that, and start again.`
  return `Ended with an unexpected error: ${error.stack ?? error.message}`
}

function createProgram(): Command {
  return new Command('pluggram')
    .description('Your own AI assistant on Telegram, extended with plugins.')
    .version(readVersion())
    .addHelpText(
      'after',
      '\nThe home, with config.json, plugins_config.json, plugins/ and data/, is PLUGGRAM_HOME or the current folder.',
    )
    .showHelpAfterError('(pluggram --help lists the commands)')
    .exitOverride()
}

function addCommand(
  program: Command,
  command: CliCommand,
  run: (input: Parameters<NonNullable<CliCommand['run']>>[1]) => Promise<void>,
): void {
  const words = command.words.split(' ')
  const entry = words.reduce(subcommand, program).description(command.summary)
  for (const [name, help] of Object.entries(command.arguments ?? {})) entry.argument(name, help)
  for (const [flags, help] of Object.entries(command.options ?? {})) entry.option(flags, help)
  if (!command.run) return
  entry.action(() =>
    run({ args: entry.processedArgs.flat().filter((arg) => arg !== undefined), options: entry.opts() }),
  )
}

/** A word of two commands, `plugins` and `plugins enable`, is one entry. */
function subcommand(parent: Command, word: string): Command {
  return parent.commands.find((item) => item.name() === word) ?? parent.command(word)
}

function readVersion(): string {
  const text = readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')
  return String((JSON.parse(text) as { version: unknown }).version)
}
