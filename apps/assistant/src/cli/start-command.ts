import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import type { Assembly } from '@pluggram/assembly'
import { endsWithin } from '@pluggram/base'
import { createLogger, createLogTail, createSecretMask } from '@pluggram/observability'
import type { RootLogger } from '@pluggram/observability'
import { PAIRING_MINUTES } from '@pluggram/access'
import { FAILURES } from '@pluggram/sdk/runtime'
import { hideEnvironment } from '../hide-environment.ts'
import { access, web } from '../parts/tokens.ts'
import { ASSISTANT } from '../profiles.ts'
import { warnOfFewFiles } from '../open-files.ts'
import { keepDataPrivate } from '../private-data.ts'
import { startParts } from '../start-parts.ts'
import { releaseStartMemory } from '../release-start-memory.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { loadUsable } from './load-usable.ts'

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

/** Runs the assistant until a signal ends it. */
export async function start(
  cli: CliEnvironment,
  { repair = false, safe = false }: { repair?: boolean; safe?: boolean } = {},
): Promise<number> {
  const startedAt = performance.now()
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`)
  const isTerminal = process.stdout.isTTY === true
  const configuration = await loadUsable(cli)
  const mask = createSecretMask(configuration.secrets)
  const logTail = createLogTail()
  const logger = createLogger({
    level: configuration.settings.log.level,
    isPretty: isTerminal,
    mask,
    tail: logTail,
  })
  keepRunning(logger)
  const stopSignal = nextStopSignal()
  if (!hideEnvironment()) {
    logger.debug('this system does not let a program hide the environment it was started with')
  }
  if (safe) logger.warn('safe mode: only plugins that ship with Pluggram are started')
  logger.info(`starting in ${configuration.home}`)
  warnOfFewFiles(logger)
  await keepDataPrivate(join(configuration.home, 'data'), logger)
  const options = { configuration, logger, mask, logTail, repair, isSafe: safe }
  const assistant = await startParts(ASSISTANT, options)
  const { url, createLoginLink } = assistant.get(web)
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  logger.info(`ready in ${seconds} s`, { url })
  const hint = configuration.settings.telegram.botToken === undefined ? 'Open the playground' : 'Log in'
  cli.print(`\n${hint} (one-time link; "pluggram login" prints a new one):\n${createLoginLink()}\n`)

  const code = assistant.get(access).pairingCode()
  if (code !== undefined) {
    cli.print(
      `To become the owner, send your bot this message (valid for ${PAIRING_MINUTES} minutes):\n/pair ${code}\n`,
    )
  }

  const releasing = setTimeout(releaseStartMemory, RELEASE_AFTER_MS)
  const signal = await stopSignal
  clearTimeout(releasing)
  logger.info(`stopping (${signal})`)
  const isClean = await stop(assistant, logger)
  logger.info('stopped')
  // a timer or socket that a plugin left open must not keep the process alive
  const exitCode = isClean ? 0 : FAILURES['stop-unclean'].exitCode
  setImmediate(() => process.exit(exitCode))
  return exitCode
}

async function stop(assistant: Assembly, logger: RootLogger): Promise<boolean> {
  const isClean = await endsWithin(assistant.stop(), STOP_LIMIT_MS)
  if (!isClean) logger.error('the stop took too long; ending the process')
  return isClean
}

/**
 * npm and the terminal may both deliver the signal: the first one stops the assistant, later ones
 * are ignored.
 */
function nextStopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, resolve)
  })
}

/**
 * A plugin that throws in a timer, or rejects a promise nobody awaits, must not end the assistant.
 */
function keepRunning(logger: RootLogger): void {
  process.on('uncaughtException', (error) => logger.error('uncaught exception', { err: error }))
  process.on('unhandledRejection', (reason) => logger.error('unhandled promise rejection', { err: reason }))
}
