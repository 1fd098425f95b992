/** Rows that are read at once; more would hold up everything else. */
const PAGE = 200

/**
 * Reads rows page by page: first all keys, in one statement, then each page when it is asked for. A row that is gone by then
 * is left out.
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
