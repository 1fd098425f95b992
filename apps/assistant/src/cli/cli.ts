import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { isPluggramError } from '@pluggram/sdk'
import { Command, CommanderError } from 'commander'

/** What a command prints to and reads from; injected by tests. */
export interface CliEnvironment {
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
  print(line: string): void
  printError(line: string): void
}

/**
 * The `pluggram` command. Commands are imported when they run, so that a wrong word or `--help` answers at once.
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
  let exitCode = 0
  const done = (code: number): void => {
    exitCode = code
  }
  try {
    await buildProgram(cli, done).parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    if (!isPluggramError(error)) throw error
    cli.printError(error.message)
    return 1
  }
}

function buildProgram(cli: CliEnvironment, done: (code: number) => void): Command {
  const program = new Command('pluggram')
    .description('An AI-powered Telegram assistant whose abilities are plugins.')
    .version(readVersion())
    .addHelpText(
      'after',
      '\nThe home, with config.json, plugins_config.json, plugins/ and data/, is PLUGGRAM_HOME or the current folder.',
    )
    .showHelpAfterError('(pluggram --help lists the commands)')
    .exitOverride()

  program
    .command('start')
    .description('start the assistant: on Telegram when TELEGRAM_BOT_TOKEN is set, else in the playground')
    .option('--repair', 'move a damaged database aside and begin with an empty one')
    .option('--safe', 'start without any plugin that does not ship with Pluggram')
    .action(async (options: { repair?: true; safe?: true }) =>
      done(await (await import('./start-command.ts')).start(cli, options)),
    )
  program
    .command('login')
    .description('print a new one-time link that logs you in to the running assistant')
    .action(async () => done((await import('./login-command.ts')).login(cli)))

  program
    .command('mcp')
    .description("serve the plugins' tools to other programs, over standard input and output (MCP)")
    .action(async () => done(await (await import('./mcp-command.ts')).serveMcp(cli)))

  const plugins = program
    .command('plugins')
    .description('list the plugins of this home, or switch them')
    .action(async () => done(await (await import('./plugins-command.ts')).listPlugins(cli)))
  for (const [word, isEnabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    plugins
      .command(word)
      .argument('<name>', 'the name of a plugin')
      .description(`switch a plugin ${isEnabled ? 'on' : 'off'} in plugins_config.json`)
      .action(async (name: string) =>
        done(await (await import('./plugins-command.ts')).switchPlugin(cli, name, isEnabled)),
      )
  }

  plugins
    .command('grant')
    .argument('<name>', 'the name of a plugin')
    .option('--yes', 'grant it')
    .description('show what a plugin asks for, and grant it')
    .action(async (name: string, options: { yes?: true }) =>
      done(await (await import('./plugins-command.ts')).grantPlugin(cli, name, options)),
    )
  plugins
    .command('restart')
    .argument('<name>', 'the name of a plugin')
    .description('start a plugin anew in the running assistant, also one that is parked')
    .action(async (name: string) =>
      done(await (await import('./plugins-command.ts')).restartPlugin(cli, name)),
    )

  plugins
    .command('settings')
    .argument('<name>', 'the name of a plugin')
    .option('--chat <id>', 'as they hold in that chat')
    .description('show the settings of a plugin, secrets hidden')
    .action(async (plugin: string, { chat }: { chat?: string }) =>
      done(await (await import('./plugin-settings-command.ts')).listSettings(cli, { plugin, chat })),
    )
  for (const word of ['set', 'unset'] as const) {
    const command = plugins
      .command(word)
      .argument('<name>', 'the name of a plugin')
      .argument('<key>', 'a key of its configuration')
    if (word === 'set') command.argument('<value>', 'lists and objects as JSON')
    command
      .option('--chat <id>', 'in that chat only; else in config.json')
      .description(word === 'set' ? 'set a key of a plugin' : 'take back what was set')
      .action(async (plugin: string, key: string, ...rest: unknown[]) => {
        const text = word === 'set' ? String(rest[0]) : undefined
        const { chat } = command.opts<{ chat?: string }>()
        const { changeSetting } = await import('./plugin-settings-command.ts')
        done(await changeSetting(cli, { plugin, chat }, { key, text }))
      })
  }

  const schedules = program
    .command('schedules')
    .description('list what plugins have planned')
    .action(async () => done(await (await import('./schedules-command.ts')).listSchedules(cli)))
  for (const [word, isPaused] of [
    ['pause', true],
    ['resume', false],
  ] as const) {
    schedules
      .command(word)
      .argument('<plugin>', 'the name of a plugin')
      .argument('<name>', 'the name of its schedule')
      .description(isPaused ? 'leave a schedule out for now' : 'let a paused schedule go on')
      .action(async (plugin: string, name: string) =>
        done(await (await import('./schedules-command.ts')).pauseSchedule(cli, { plugin, name, isPaused })),
      )
  }

  program
    .command('replay')
    .argument('[update-id...]', 'updates to work on again; without any, the parked ones are listed')
    .option('--all', 'every parked update')
    .option('--show', 'print them whole instead')
    .option('--drop', 'delete them instead')
    .description('list updates that crashed the assistant repeatedly, and retry them')
    .action(async (ids: string[], options: { all?: true; show?: true; drop?: true }) =>
      done(await (await import('./replay-command.ts')).replay(cli, ids, options)),
    )

  const config = program.command('config').description('look at the configuration of this home')
  config
    .command('check')
    .description('report every problem of config.json, plugins_config.json, .env and the environment')
    .action(async () => done(await (await import('./config-command.ts')).checkConfig(cli)))
  config
    .command('schema')
    .description('print the JSON Schema of config.json, for completion in editors')
    .action(async () => done((await import('./config-command.ts')).printSchema(cli)))
  return program
}

function readVersion(): string {
  const text = readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')
  return String((JSON.parse(text) as { version: unknown }).version)
}
