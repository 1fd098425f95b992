/** A value that may change while the assistant runs. */
export interface Live<Value> {
  /** The current value. */
  readonly now: Value
  /** Calls `listener` after each change. @returns a function that stops this */
  onChange(listener: (now: Value, before: Value) => void): () => void
}

/** A `Live` that can be changed. */
export interface Changeable<Value> extends Live<Value> {
  set(value: Value): void
}

/** Creates state that workers read or watch. If a listener throws, the others are still called. */
export function createLive<Value>(first: Value): Changeable<Value> {
  const listeners = new Set<(now: Value, before: Value) => void>()
  let now = first
  return {
    get now() {
      return now
    },
    set(value) {
      const before = now
      now = value
      const errors: unknown[] = []
      for (const listener of listeners) {
        try {
          listener(value, before)
        } catch (error) {
          errors.push(error)
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, 'a listener to a change failed')
    },
    onChange(listener) {
      const entry = (value: Value, before: Value): void => listener(value, before)
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
  }
}
