import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { format } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import type { Assembly } from '@pluggram/assembly'
import { endsWithin, withinTime } from '@pluggram/base'
import type { LoadedConfiguration } from '@pluggram/config'
import { createLogger, createLogTail, createSecretMask } from '@pluggram/observability'
import type { RootLogger } from '@pluggram/observability'
import { PAIRING_MINUTES } from '@pluggram/access'
import { Failure } from '@pluggram/sdk/runtime'
import { hideEnvironment } from '../hide-environment.ts'
import { access, overview as tokenOfOverview, serviceManager, telegram, web } from '../parts/tokens.ts'
import { ASSISTANT } from '../profiles.ts'
import { warnOfFewFiles } from '../open-files.ts'
import { keepDataPrivate } from '../private-data.ts'
import { startParts } from '../start-parts.ts'
import { releaseStartMemory } from '../release-start-memory.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { loadUsable } from './load-usable.ts'
import { styles } from './styles.ts'
import { welcomeLines } from './welcome.ts'

/** The folder of this release. */
const ROOT = join(import.meta.dirname, '../../../..')

/** A stop may take ten seconds in all. Whatever still runs then is killed with the process. */
const STOP_LIMIT_MS = 9_500

/**
 * By default V8 lets the heap more than double before it collects old objects: 410 MB while working
 * through a backlog of 200,000 updates. With this value it stays at 240 MB, at the same speed. The
 * flag is set at run time because restarting with an option would change the process id.
 */
const HEAP_GROWING_PERCENT = 30

/** Soon after the start, before there is much to do. */
const RELEASE_AFTER_MS = 300

/** A terminal names the bot; nobody waits longer for Telegram to tell it. */
const FIRST_WORD_MS = 3_000

interface StartFlags {
  readonly repair?: boolean
  readonly safe?: boolean
}

/** Runs the assistant until a signal or a command ends it. */
export async function start(cli: CliEnvironment, flags: StartFlags = {}): Promise<number> {
  const startedAt = performance.now()
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`)
  const configuration = await loadUsable(cli)
  const isTerminal = process.stdout.isTTY === true
  const greeting = { isOver: !isTerminal }
  const { logger, ...logging } = createLog(configuration, () => !greeting.isOver)
  keepRunning(logger)
  logWhatIsPrinted(logger)
  const end = nextEnd()
  // a report that Node writes of this process must not hold its variables
  process.report.excludeEnv = true
  if (!hideEnvironment()) {
    logger.debug('this system does not let a program hide the environment it was started with')
  }
  const isSafe = flags.safe === true
  if (isSafe) logger.warn('safe mode: only plugins that ship with Pluggram are started')
  logger.info(`starting in ${configuration.home}`)
  await lookAtUpgrade(configuration.home, logger)
  warnOfFewFiles(logger)
  await keepDataPrivate(join(configuration.home, 'data'), logger)
  const assistant = await startParts(ASSISTANT, {
    ...logging,
    configuration,
    logger,
    repair: flags.repair === true,
    isSafe,
    requestEnd: end.request,
  })
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  logger.info(`ready in ${seconds} s`, { url: assistant.get(web).url })
  const releasing = setTimeout(releaseStartMemory, RELEASE_AFTER_MS)
  void welcome(cli, assistant, isTerminal).finally(() => (greeting.isOver = true))
  const how = await Promise.race([end.asked, refusedAtFirst(assistant)])
  clearTimeout(releasing)
  logger.info(`stopping (${how})`)
  await assistant.get(serviceManager).ending(how === 'restart' ? 'restart' : 'stop')
  const isClean = await stop(assistant, logger)
  logger.info('stopped')
  if (how === 'restart') restartProcess()
  return exitCodeOf(cli, how, isClean)
}

/** The few homes that were upgraded load the code for it. */
async function lookAtUpgrade(home: string, logger: RootLogger): Promise<void> {
  if (!existsSync(join(home, 'data/upgrade.json'))) return
  const { confirmCutOffUpgrade, endCutOffUpgrade } = await import('../upgrade/cut-off-upgrade.ts')
  const said = await endCutOffUpgrade(home, ROOT)
  if (said !== undefined) logger.warn(said)
  confirmCutOffUpgrade(home, ROOT)
}

/** A terminal is told what runs first; what is only information comes after that. */
function createLog(configuration: LoadedConfiguration, isQuiet: () => boolean) {
  const mask = createSecretMask(configuration.secrets)
  const logTail = createLogTail()
  const logger = createLogger({
    level: configuration.settings.log.level,
    isPretty: process.stdout.isTTY === true,
    isColoured: process.stdout.hasColors?.() ?? false,
    isQuiet,
    mask,
    tail: logTail,
  })
  return { mask, logTail, logger }
}

/** Tells what runs and what to do next: six lines on a terminal, the links alone in a log. */
async function welcome(cli: CliEnvironment, assistant: Assembly, isTerminal: boolean): Promise<void> {
  const loginLink = assistant.get(web).createLoginLink()
  const pairingCode = assistant.get(access).pairingCode()
  const { emulator, firstWord } = assistant.get(telegram)
  if (isTerminal) {
    const word = emulator ? 'known' : await withinTime(firstWord, FIRST_WORD_MS, () => 'late')
    const overview = await assistant.get(tokenOfOverview)()
    const isRefused = word === 'refused'
    const lines = welcomeLines({ overview, loginLink, pairingCode, isRefused }, styles(process.stdout))
    return cli.print(lines.join('\n'))
  }
  const hint = emulator ? 'Open the playground' : 'Log in'
  cli.print(`\n${hint} (one-time link; "pluggram login" prints a new one):\n${loginLink}\n`)
  if (pairingCode !== undefined) {
    cli.print(
      `To become the owner, send your bot this message (valid for ${PAIRING_MINUTES} minutes):\n/pair ${pairingCode}\n`,
    )
  }
}

/**
 * Resolves when Telegram refuses the token of a bot that nobody owns here: most likely it was
 * mistyped. A bot that has an owner waits: Telegram may be wrong, and what is on disk is not lost.
 */
async function refusedAtFirst(assistant: Assembly): Promise<'token refused'> {
  const isOwned = assistant.get(access).pairingCode() === undefined
  const word = await assistant.get(telegram).firstWord
  if (word === 'refused' && !isOwned) return 'token refused'
  return new Promise(() => {})
}

function exitCodeOf(cli: CliEnvironment, how: string, isClean: boolean): number {
  const failure =
    how === 'token refused' ? new Failure('token-refused') : isClean ? undefined : new Failure('stop-unclean')
  if (failure) cli.printError(failure.message)
  const exitCode = failure?.exitCode ?? 0
  // a timer or socket that a plugin left open must not keep the process alive
  setImmediate(() => process.exit(exitCode))
  return exitCode
}

/** Restarts within the same process, as it was started: a supervisor and the terminal notice nothing. */
function restartProcess(): void {
  const { execPath, execArgv, argv } = process
  process.execve?.(execPath, [execPath, ...execArgv, ...argv.slice(1)])
}

async function stop(assistant: Assembly, logger: RootLogger): Promise<boolean> {
  const isClean = await endsWithin(assistant.stop(), STOP_LIMIT_MS)
  if (!isClean) logger.error('the stop took too long; ending the process')
  return isClean
}

type End = NodeJS.Signals | 'stop' | 'restart'

/**
 * npm and the terminal may both deliver the signal: the first one stops the assistant, later ones
 * are ignored.
 */
function nextEnd(): { readonly asked: Promise<End>; request(how: End): void } {
  const { promise, resolve } = Promise.withResolvers<End>()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, resolve)
  return { asked: promise, request: resolve }
}

/**
 * What plugins inside the assistant, and libraries, print is a line of the log: without secrets, and in
 * one piece.
 */
function logWhatIsPrinted(logger: RootLogger): void {
  for (const method of ['debug', 'info', 'log', 'warn', 'error'] as const) {
    const level = method === 'log' ? 'info' : method
    console[method] = (...values: unknown[]) => logger[level](format(...values))
  }
}

/**
 * A plugin that throws in a timer, or rejects a promise nobody awaits, must not end the assistant.
 */
function keepRunning(logger: RootLogger): void {
  process.on('uncaughtException', (error) => logger.error('uncaught exception', { err: error }))
  process.on('unhandledRejection', (reason) => logger.error('unhandled promise rejection', { err: reason }))
}
