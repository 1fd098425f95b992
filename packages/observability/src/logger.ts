import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import type { Logger as PinoLogger } from 'pino'
import type pinoPretty from 'pino-pretty'
import { isPluggramError } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'
import type { LogTail } from './log-tail.ts'
import { problemKey, problemLevel, RepeatedProblems } from './repeated-problems.ts'
import type { SecretMask } from './secret-mask.ts'

/** How a line of that level begins. */
const INFORMATION = /^\{"level":"info"/

type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'

// loaded only where people read along
const loadPretty = () => createRequire(import.meta.url)('pino-pretty') as typeof pinoPretty

export interface LoggerOptions {
  readonly level: LogLevel
  /** Writes coloured lines for people instead of JSON. */
  readonly isPretty: boolean
  /** Whether those lines are coloured. Default: yes. */
  readonly isColoured?: boolean
  /** While it says so, information is kept in the tail but not written. */
  readonly isQuiet?: () => boolean
  /** Applied to every line before it is written. */
  readonly mask: SecretMask
  /** Keeps the most recent lines. */
  readonly tail?: LogTail
  /** Writes a line. Default: to standard output. */
  readonly write?: (line: string) => void
}

/** The assistant's logger; `child` adds fields to every line. */
export interface RootLogger extends Logger {
  child(fields: Readonly<Record<string, unknown>>): RootLogger
  /** The same logger, but it writes repeated problems too: for callers that know what is new. */
  everyTime(): RootLogger
  fatal(message: string, fields?: Readonly<Record<string, unknown>>): void
}

/**
 * Creates the logger. Lines are written synchronously, so that none is lost when the process exits.
 */
export function createLogger(options: LoggerOptions): RootLogger {
  const write = options.write ?? ((line: string) => void process.stdout.write(line))
  const isDebugging = options.level === 'debug' || options.level === 'trace'
  const format = options.isPretty
    ? loadPretty().prettyFactory({
        colorize: options.isColoured ?? true,
        ignore: isDebugging ? 'pid,hostname' : 'pid,hostname,err',
        translateTime: 'SYS:HH:MM:ss',
        singleLine: true,
      })
    : (line: string) => line
  // masked as JSON, because there all encodings of a secret are known
  const stream = {
    write(line: string) {
      const masked = options.mask.apply(line)
      options.tail?.add(masked)
      if (INFORMATION.test(masked) && options.isQuiet?.()) return
      write(format(masked))
    },
  }
  const root = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => options.mask.deep(fields),
      },
      serializers: { err: (error: unknown) => describeError(error, isDebugging), error: messageOf },
    },
    stream,
  )
  return adapt(root, {}, isDebugging ? undefined : new RepeatedProblems())
}

/** Replaces an error in the line's `error` field with its message; text is unchanged. */
function messageOf(error: unknown): unknown {
  return error instanceof Error ? error.message : error
}

function adapt(
  logger: PinoLogger,
  own: Readonly<Record<string, unknown>>,
  repeated: RepeatedProblems | undefined,
): RootLogger {
  const problem =
    (level: 'warn' | 'error'): Logger['warn'] =>
    (message, fields = {}) => {
      const shown = problemLevel(level, fields)
      const write = (times: number): void =>
        logger[shown](times === 0 ? fields : { ...fields, repeated: times }, message)
      if (!repeated || !logger.isLevelEnabled(shown)) return write(0)
      repeated.log(problemKey(level, message, { ...own, ...fields }), message, write)
    }
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: problem('warn'),
    error: problem('error'),
    fatal: (message, fields) => logger.fatal(fields ?? {}, message),
    child: (fields) => adapt(logger.child(fields), { ...own, ...fields }, repeated),
    everyTime: () => adapt(logger, own, undefined),
  }
}

/**
 * Copies only selected fields: errors of HTTP clients contain the request, which may contain
 * tokens. An error with a code says what is wrong; its stack is for those who debug, but for the line of the
 * plugin that caused it.
 */
function describeError(error: unknown, isDebugging: boolean): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) }
  const code = 'code' in error ? error.code : undefined
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' && { code }),
    ...(isDebugging || !isPluggramError(error) ? { stack: error.stack } : placeOf(error.stack ?? '')),
    ...(error.cause instanceof Error && { cause: `${error.cause.name}: ${error.cause.message}` }),
  }
}

const OWN_CODE = fileURLToPath(new URL('../../', import.meta.url))

/** The topmost frame outside of Pluggram's packages. */
function placeOf(stack: string): { at?: string } {
  for (const line of stack.split('\n')) {
    const file = /^\s+at (?:.*\()?(?:file:\/\/)?(\/[^()]*|[A-Za-z]:\\[^()]*):\d+:\d+\)?$/.exec(line)?.[1]
    if (file === undefined || file.includes('node_modules') || file.startsWith(OWN_CODE)) continue
    const [place = ''] = /[^/\\]+[/\\][^/\\]+:\d+:\d+\)?$/.exec(line) ?? []
    return { at: place.replace(/\)$/, '') }
  }
  return {}
}
