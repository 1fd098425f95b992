/** Rows to read at once; more would block the event loop. */
const PAGE = 200

/**
 * Reads rows page by page: first all keys, in one statement, then each page on demand. Rows that
 * were deleted meanwhile are skipped.
 */
export async function* readPages<K, T>(
  keys: () => readonly K[],
  read: (key: K) => T | undefined,
): AsyncGenerator<readonly T[]> {
  const all = keys()
  for (let from = 0; from < all.length; from += PAGE) {
    yield all.slice(from, from + PAGE).flatMap((key) => read(key) ?? [])
  }
}
