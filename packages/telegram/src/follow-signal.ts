/** Something that a signal can end. */
export interface Cancellable {
  cancel(): void
}

const followers = new WeakMap<AbortSignal, Set<Cancellable>>()

/**
 * Cancels when the signal is aborted, until the function it gives is called. All followers of a signal share one
 * listener: a signal looks through all it has whenever one comes or goes, and hundreds of sends follow the same.
 */
export function followSignal(signal: AbortSignal, follower: Cancellable): () => void {
  const known = followers.get(signal)
  const group = known ?? new Set()
  group.add(follower)
  if (!known) {
    followers.set(signal, group)
    signal.addEventListener('abort', () => cancelAll(group), { once: true })
  }
  return () => void group.delete(follower)
}

function cancelAll(group: ReadonlySet<Cancellable>): void {
  for (const follower of group) follower.cancel()
}
