import type { StoreBackend } from '@pluggram/sdk/runtime'
import { createStore } from '@pluggram/services'
import type { MenuPlace, MenuPlaces } from '@pluggram/telegram'

const KEY = 'places'

/** Remembers over restarts where there are command menus. */
export function createMenuPlaces(backend: StoreBackend): MenuPlaces {
  const store = createStore(backend)
  return {
    read: async () => (await store.get<readonly MenuPlace[]>(KEY)) ?? [],
    write: (places) => store.set(KEY, places),
  }
}
