import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findClosest } from '@pluggram/base'
import { Failure, FAILURES } from '@pluggram/sdk/runtime'
import { Command, CommanderError } from 'commander'
import type { CliCommand, CliInput } from './cli-command.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { describeFailure } from './describe-failure.ts'
import { loadCommands } from './load-commands.ts'
import { readVersion } from './read-version.ts'
import { styles } from './styles.ts'

/** `pluggram plugins | head`: the reader may be gone. Anything else means that output was lost. */
const READER_IS_GONE = 'EPIPE'

/**
 * Runs the `pluggram` command.
 * @returns the exit code
 */
export async function runCli(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<number> {
  const output = watchOutput()
  const printError = (line: string): void => void process.stderr.write(`${line}\n`)
  let exitCode = 0
  let home = resolve(environment['PLUGGRAM_HOME'] ?? '.')
  try {
    const program = createProgram()
    for (const command of await loadCommands(firstWord(args))) {
      addCommand(program, command, async (input) => {
        home = resolve(homeOf(program) ?? home)
        const cli: CliEnvironment = {
          home,
          environment,
          isJson: input.options['json'] === true,
          print: (line) => void process.stdout.write(`${line}\n`),
          printError,
        }
        await finishRestore(cli)
        exitCode = (await command.run?.(cli, input)) ?? 0
      })
    }
    refuseUnknownWord(program, args)
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) exitCode = error.exitCode === 0 ? 0 : FAILURES.usage.exitCode
    else {
      const failed = describeFailure(error, /^(?:debug|trace)$/.test(environment['LOG_LEVEL'] ?? ''))
      const isTyped = failed.exitCode === FAILURES.usage.exitCode
      // what was typed is known, and its answer should be fast
      printError(
        isTyped ? failed.message : await (await hiding()).hideSecrets(failed.message, { home, environment }),
      )
      exitCode = failed.exitCode
    }
  }
  // the log of a running assistant may have gaps; what a command was asked for may not
  const isAnswer = firstWord(args) !== 'start'
  return exitCode === 0 && isAnswer && (await output.isLost()) ? FAILURES['disk-full'].exitCode : exitCode
}

/** A killed restore is finished first: every command finds a whole home. */
async function finishRestore({ home, printError }: CliEnvironment): Promise<void> {
  if (!existsSync(join(home, '.restore-in-progress'))) return
  const { endCutOffSwap } = await import('../backup/swap-files.ts')
  const done = await endCutOffSwap(home)
  if (done !== undefined) printError(done)
}

/** Loaded only when a command fails. */
const hiding = () => import('./hide-secrets.ts')

/** Notes whether something that was printed could not be written. */
function watchOutput(): { isLost(): Promise<boolean> } {
  let lost = false
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== READER_IS_GONE) lost = true
    })
  return {
    async isLost() {
      // errors of what was just written are told in the next turn
      await new Promise((turn) => setImmediate(turn))
      return lost
    },
  }
}

/**
 * `plugins enabl dice`: where a command has both a meaning of its own and more words, commander
 * would call the word an argument too many.
 */
function refuseUnknownWord(program: Command, args: readonly string[]): void {
  const [first, second] = args.filter((arg, index) => !arg.startsWith('-') && args[index - 1] !== '--home')
  const command = program.commands.find((item) => item.name() === first)
  if (!command || second === undefined || command.registeredArguments.length > 0) return
  const names = command.commands.map((item) => item.name())
  if (names.length === 0 || names.includes(second) || second === 'help') return
  const closest = findClosest(second, names)
  const meant = closest === undefined ? '' : ` (Did you mean "${first} ${closest}"?)`
  throw new Failure('usage', { subject: `Unknown command "${first} ${second}"${meant}` })
}

/** The command's first word, which may stand behind `--home`. */
function firstWord(args: readonly string[]): string | undefined {
  return args.find((arg, index) => !arg.startsWith('-') && args[index - 1] !== '--home')
}

function homeOf(program: Command): string | undefined {
  const home: unknown = program.opts()['home']
  if (home === '') throw new Failure('usage', { subject: 'Option --home needs a folder' })
  return typeof home === 'string' ? home : undefined
}

function createProgram(): Command {
  const style = styles(process.stdout)
  return new Command('pluggram')
    .description('Your own AI assistant on Telegram, extended with plugins.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show the help of a command')
    .option('--home <folder>', 'the assistant’s home, for every command (else PLUGGRAM_HOME or this folder)')
    .addHelpText(
      'after',
      () =>
        `\n${style.title('Examples:')}\n${exampleLines({
          start: 'start the assistant in this folder',
          'init ~/assistant': 'make a home of your own, with comments and an example plugin',
          status: 'check that everything works',
          'plugins --help': 'the details of a command',
        })}`,
    )
    .configureHelp({
      styleTitle: style.title,
      styleCommandText: style.word,
      styleSubcommandText: style.word,
      styleOptionText: style.word,
      styleArgumentText: style.word,
    })
    .configureOutput({ outputError: (text, write) => write(`${toSentence(text)}\n`) })
    .exitOverride()
}

/** `error: unknown option '--fast'\n(Did you mean --safe?)` in one line that names the next step. */
function toSentence(text: string): string {
  const words = text
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\.?\s*\n\s*/g, ' ')
    .replaceAll("'", '"')
    .replace(/\.$/, '')
  return FAILURES.usage.sentence(words.charAt(0).toUpperCase() + words.slice(1))
}

function addCommand(program: Command, command: CliCommand, run: (input: CliInput) => Promise<void>): void {
  const words = command.words.split(' ')
  const entry = words.reduce(subcommand, program).description(command.summary)
  for (const [name, help] of Object.entries(command.arguments ?? {})) entry.argument(name, help)
  for (const [flags, help] of Object.entries(command.options ?? {})) entry.option(flags, help)
  if (command.isList) entry.option('--json', 'print JSON, for programs')
  const { examples } = command
  if (examples) {
    const { title } = styles(process.stdout)
    entry.addHelpText('after', () => `\n${title('Examples:')}\n${exampleLines(examples)}`)
  }
  if (!command.run) return
  entry.action(() =>
    run({
      args: entry.processedArgs.flat().filter((arg) => arg !== undefined),
      options: entry.optsWithGlobals(),
    }),
  )
}

function exampleLines(examples: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(examples).map((words) => words.length))
  return Object.entries(examples)
    .map(([words, does]) => `  pluggram ${words.padEnd(width)}  ${does}`)
    .join('\n')
}

/** A word of two commands, `plugins` and `plugins enable`, is one entry. */
function subcommand(parent: Command, word: string): Command {
  return parent.commands.find((item) => item.name() === word) ?? parent.command(word)
}
