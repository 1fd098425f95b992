/**
 * Where a source of updates stands.
 *
 * starting → polling | receiving, and from there to one of the troubles and back:
 * `conflict` (another program polls with this token), `unreachable` (network, or Telegram is down),
 * `unauthorized` (wrong token), `refused` (Telegram does not take the webhook). `stopped` is final.
 */
export type SourceState =
  | 'starting'
  | 'polling'
  | 'receiving'
  | 'conflict'
  | 'unreachable'
  | 'unauthorized'
  | 'refused'
  | 'stopped'

export interface SourceStatus {
  readonly state: SourceState
  /** True when updates flow in: a long poll is held, or the webhook is set. */
  readonly isReady: boolean
  /** Since when the state holds. */
  readonly since: Date
  /** Why the last call failed; kept until updates flow again. */
  readonly lastError?: string
  /** When a poll last came back, or an update was last delivered. */
  readonly lastPollAt?: Date
}

/** Keeps a source's status; `since` moves only when the state changes. */
export interface StatusTracker {
  /** Returns true when the state changed. */
  enter(state: SourceState, lastError?: string): boolean
  markActivity(): void
  status(): SourceStatus
}

export function createStatusTracker(): StatusTracker {
  let state: SourceState = 'starting'
  let since = new Date()
  let lastError: string | undefined
  let lastPollAt: Date | undefined
  return {
    enter(next, error): boolean {
      lastError = error
      if (next === state || state === 'stopped') return false
      state = next
      since = new Date()
      return true
    },
    markActivity(): void {
      lastPollAt = new Date()
    },
    status: () => ({
      state,
      isReady: state === 'polling' || state === 'receiving',
      since,
      ...(lastError !== undefined && { lastError }),
      ...(lastPollAt && { lastPollAt }),
    }),
  }
}

/** The state that a failed call puts a source in. */
export function stateAfterError(error: { readonly errorCode: number | undefined }): SourceState {
  if (error.errorCode === 401 || error.errorCode === 404) return 'unauthorized'
  if (error.errorCode === 409) return 'conflict'
  return error.errorCode === 400 ? 'refused' : 'unreachable'
}
