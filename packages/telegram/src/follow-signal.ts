import { UnorderedList } from '@pluggram/sdk/runtime'

/** Something that a signal can end. */
export interface Cancellable {
  cancel(): void
}

const followers = new WeakMap<AbortSignal, UnorderedList<Cancellable>>()

/**
 * Cancels when the signal is aborted, until the function it gives is called. All followers of a signal share one
 * listener: a signal looks through all it has whenever one comes or goes, and hundreds of sends follow the same.
 */
export function followSignal(signal: AbortSignal, follower: Cancellable): () => void {
  const known = followers.get(signal)
  const group = known ?? new UnorderedList<Cancellable>()
  const member = group.add(follower)
  if (!known) {
    followers.set(signal, group)
    signal.addEventListener('abort', () => cancelAll(group), { once: true })
  }
  return () => group.remove(member)
}

function cancelAll(group: UnorderedList<Cancellable>): void {
  for (const follower of group.values()) follower.cancel()
}
