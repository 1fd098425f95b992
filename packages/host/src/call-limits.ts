import { PluggramError } from '@pluggram/sdk'
import { CALLS } from '@pluggram/sdk/runtime'
import type { Answer, CallKind, Question, RunnablePlugin } from '@pluggram/sdk/runtime'
import { CallGuard } from './process/call-guard.ts'
import { withDeadline } from './deadline.ts'
import type { EffectiveTimeouts } from './plugin-timeouts.ts'

/** How many seconds a plugin has for a call; `undefined`: as long as the caller waits. */
export function secondsFor(
  kind: CallKind,
  { callSeconds, statusSeconds }: Pick<EffectiveTimeouts, 'callSeconds' | 'statusSeconds'>,
): number | undefined {
  const { limit } = CALLS[kind]
  if (limit === 'caller') return undefined
  if (limit === 'call') return callSeconds
  return limit === 'status' ? statusSeconds : limit
}

/**
 * Enforces the deadline of a call in this process: aborts its signal, and a second later stops
 * waiting.
 * @throws PluggramError `plugin-timeout`; DeadlineError for a call whose plugin is left alone when
 *   it is late
 */
export async function withinLimit<T>(
  { kind, plugin, seconds }: { readonly kind: CallKind; readonly plugin: string; readonly seconds: number },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (CALLS[kind].whenLate === 'leave') return withDeadline(work(signal), seconds)
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
