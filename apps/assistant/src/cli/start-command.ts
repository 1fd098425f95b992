import { setFlagsFromString } from 'node:v8'
import { endsWithin } from '@pluggram/base'
import { createLogger, createLogTail, createSecretMask } from '@pluggram/observability'
import type { RootLogger } from '@pluggram/observability'
import { formatProblem, loadConfiguration } from '@pluggram/config'
import { PAIRING_MINUTES } from '../access/owner-pairing.ts'
import { startAssistant } from '../assistant.ts'
import type { Assistant } from '../assistant.ts'
import { hideEnvironment } from '../hide-environment.ts'
import { releaseStartMemory } from '../release-start-memory.ts'
import type { CliEnvironment } from './cli-environment.ts'

/** A stop may take ten seconds in all; what still runs then is cut off. */
const STOP_LIMIT_MS = 9_500

/**
 * V8 lets the heap double and more before it collects what is old. While 200,000 updates are worked off that came to
 * 410 MB; with this it is 240 MB, at the same speed. The program is not started anew with an option, since its process id
 * must stay the same.
 */
const HEAP_GROWING_PERCENT = 30

/** A moment after the start, before much is to be done. */
const RELEASE_AFTER_MS = 300

/** Runs the assistant until a signal ends it. */
export async function start(
  cli: CliEnvironment,
  { repair = false, safe = false }: { repair?: boolean; safe?: boolean } = {},
): Promise<number> {
  const startedAt = performance.now()
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`)
  const isTerminal = process.stdout.isTTY === true
  const configuration = await loadConfiguration({ home: cli.home, environment: cli.environment })
  if (!configuration.isUsable) {
    cli.printError('The configuration cannot be used:')
    for (const problem of configuration.problems) cli.printError(`  ${formatProblem(problem, configuration)}`)
    return 1
  }
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
  const assistant = await startAssistant({ configuration, logger, mask, logTail, repair, isSafe: safe })
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  logger.info(`ready in ${seconds} s`, { url: assistant.url })
  const hint = configuration.settings.telegram.botToken === undefined ? 'Chat with it here' : 'Log in here'
  cli.print(`\n${hint} (the link works once):\n${assistant.createLoginLink()}\n`)

  const code = assistant.pairingCode()
  if (code !== undefined) {
    cli.print(
      `Nobody owns this bot yet. Send it this within ${PAIRING_MINUTES} minutes, and you do:\n/pair ${code}\n`,
    )
  }

  const releasing = setTimeout(releaseStartMemory, RELEASE_AFTER_MS)
  const signal = await stopSignal
  clearTimeout(releasing)
  logger.info(`stopping (${signal})`)
  const isClean = await stop(assistant, logger)
  logger.info('stopped')
  // what a plugin left behind, a timer or a socket, must not keep the process alive
  setImmediate(() => process.exit(isClean ? 0 : 1))
  return isClean ? 0 : 1
}

async function stop(assistant: Assistant, logger: RootLogger): Promise<boolean> {
  const isClean = await endsWithin(assistant.stop(), STOP_LIMIT_MS)
  if (!isClean) logger.error('something did not stop in time and is cut off')
  return isClean
}

/** The first signal stops; npm and the terminal may both deliver it, and the second cuts nothing short. */
function nextStopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, resolve)
  })
}

/** A plugin that throws in a timer or forgets a promise must not end the assistant. */
function keepRunning(logger: RootLogger): void {
  // whoever read the output may have gone; logging that would fail in the same way, without end
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  process.on('uncaughtException', (error) =>
    logger.error('an error was thrown outside of any call', { err: error }),
  )
  process.on('unhandledRejection', (reason) =>
    logger.error('a promise was rejected and nobody listened', { err: reason }),
  )
}
