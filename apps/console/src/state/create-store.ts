export interface Store<State, Action> {
  getState(): State
  dispatch(action: Action): void
  /** Calls `listener` after every change until the returned function is called. */
  subscribe(listener: () => void): () => void
}

/**
 * A reducer's state with listeners, for React's `useSyncExternalStore`. Also readable outside
 * React.
 */
export function createStore<State, Action>(
  reducer: (state: State, action: Action) => State,
  initialState: State,
): Store<State, Action> {
  let state = initialState
  const listeners = new Set<() => void>()
  return {
    getState: () => state,
    dispatch(action) {
      const next = reducer(state, action)
      if (next === state) return
      state = next
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
