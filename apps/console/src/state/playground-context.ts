import { createContext, use, useSyncExternalStore } from 'react'
import type { PlaygroundState } from './playground-state.ts'
import type { Playground } from './playground.ts'

export const PlaygroundContext = createContext<Playground | undefined>(undefined)

/** The page's actions. */
export function usePlayground(): Playground {
  const playground = use(PlaygroundContext)
  if (playground === undefined) throw new Error('usePlayground needs a PlaygroundContext around it')
  return playground
}

/**
 * Selects a part of the state. `select` must return the same value for the same state, so no new
 * objects.
 */
export function usePlaygroundState<T>(select: (state: PlaygroundState) => T): T {
  const playground = usePlayground()
  return useSyncExternalStore(playground.subscribe, () => select(playground.getState()))
}
