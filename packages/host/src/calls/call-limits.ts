import { withinTime } from '@pluggram/base'
import { PluggramError } from '@pluggram/sdk'
import { CALLS } from '@pluggram/sdk/runtime'
import type { Answer, CallKind, Question, RunnablePlugin } from '@pluggram/sdk/runtime'
import type { EffectiveTimeouts } from '../start/plugin-timeouts.ts'

/** How many seconds a plugin has for each kind of call; without a number, as long as the caller waits. */
type SecondsByKind = { readonly [Kind in CallKind]?: number | undefined }

export function secondsByKind({
  callSeconds,
  statusSeconds,
}: Pick<EffectiveTimeouts, 'callSeconds' | 'statusSeconds'>): SecondsByKind {
  const named = { caller: undefined, call: callSeconds, status: statusSeconds }
  return Object.fromEntries(
    Object.entries(CALLS).map(([kind, { limit }]) => [
      kind,
      typeof limit === 'number' ? limit : named[limit],
    ]),
  )
}

/**
 * Enforces the deadline of a call in this process: aborts its signal, and a second later stops
 * waiting.
 * @throws PluggramError `plugin-timeout`; TimeLimitError for a call whose plugin is left alone when
 *   it is late
 */
export async function withinLimit<T>(
  { kind, plugin, seconds }: { readonly kind: CallKind; readonly plugin: string; readonly seconds: number },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (CALLS[kind].whenLate === 'leave') return withinTime(work(signal), seconds * 1_000)
  const overdue = Promise.withResolvers<never>()
  const guard = new CallGuard({
    signal,
    plugin,
    callSeconds: seconds,
    onOverdue: () => overdue.reject(guard.timeout ?? guard.signal.reason),
    onRelease: () => {},
  })
  try {
    return await Promise.race([work(guard.signal), overdue.promise])
  } catch (error) {
    throw guard.timeout ?? error
  } finally {
    guard.release()
  }
}

/**
 * Answers a call for a plugin that was stopped: by its successor, or not at all.
 * @throws PluggramError `plugin-not-found`
 */
export async function askStopped<Kind extends CallKind>(
  plugin: string,
  successor: RunnablePlugin | undefined,
  ...[kind, question, signal]: readonly [Kind, Question<Kind>, AbortSignal?]
): Promise<Answer<Kind>> {
  const { whenStopped } = CALLS[kind]
  if (whenStopped === 'successor' && successor) return successor.ask(kind, question, signal)
  // only calls without an answer have `pass` here
  if (whenStopped === 'pass') return undefined as Answer<Kind>
  throw new PluggramError('plugin-not-found', `Plugin ${plugin} was stopped.`)
}

interface CallGuardOptions {
  /** The caller's signal, aborted at its deadline and when the assistant stops. */
  readonly signal: AbortSignal | undefined
  readonly plugin: string
  /** The plugin's own limit. */
  readonly callSeconds: number | undefined
  /** The call was aborted and did not end within the grace period. */
  onOverdue(): void
  /** The call and all its parts have ended. */
  onRelease(): void
}

/** The limits of one call to a plugin process. */
export interface CallLimits {
  readonly signal: AbortSignal | undefined
  readonly callSeconds?: number | undefined
  readonly onRelease?: () => void
}

/** The grace period: how long an aborted call may take to stop by itself. */
const GRACE_MS = 1_000

/** Watches one call from its start until its answer is complete, including streams. */
export class CallGuard {
  /** Aborted at the earlier of the two limits. */
  readonly signal: AbortSignal
  /** Set when the plugin's own limit has passed. */
  timeout: PluggramError | undefined
  readonly #options: CallGuardOptions
  readonly #controller = new AbortController()
  readonly #onAbort = (): void => this.#abort(this.#options.signal?.reason)
  #limit: NodeJS.Timeout | undefined
  #grace: NodeJS.Timeout | undefined
  #holders = 1

  constructor(options: CallGuardOptions) {
    const { signal, plugin, callSeconds } = options
    this.#options = options
    this.signal = this.#controller.signal
    signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (signal?.aborted) this.#onAbort()
    if (callSeconds === undefined) return
    this.#limit = setTimeout(() => {
      this.timeout = new PluggramError(
        'plugin-timeout',
        `Plugin ${plugin} did not answer within ${callSeconds} s.`,
      )
      this.#abort(this.timeout)
    }, callSeconds * 1_000)
  }

  /** Keeps the call open for one more part, such as a stream. */
  hold(): void {
    this.#holders += 1
  }

  /** Ends a part; the guard is released after the last one. */
  release(): void {
    this.#holders -= 1
    if (this.#holders > 0) return
    clearTimeout(this.#limit)
    clearTimeout(this.#grace)
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#options.onRelease()
  }

  #abort(reason: unknown): void {
    if (this.signal.aborted) return
    this.#controller.abort(reason)
    this.#grace = setTimeout(() => this.#options.onOverdue(), GRACE_MS)
  }
}
