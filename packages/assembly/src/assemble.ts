import type { Life, ListToken, Part, Token } from './part.ts'
import { sortParts } from './sort-parts.ts'

/** How long one part took, in milliseconds. */
interface PartTime {
  readonly part: string
  readonly startMs: number
  readonly openMs: number
}

export interface AssemblyOptions {
  /** Told about what could not be undone; the rest is undone all the same. */
  onStopFailed(part: string, error: unknown): void
}

/** Parts that start, open and stop together. */
export interface Assembly {
  /**
   * Starts every part, then opens them. When one fails, or `stop` is called meanwhile, everything is undone.
   * @throws what the part threw
   */
  start(): Promise<readonly PartTime[]>
  /** What a part gave. @throws Error before it has started */
  get<Value>(token: Token<Value>): Value
  /** Waits for the step that is under way and undoes everything in reverse order. Never rejects. */
  stop(): Promise<void>
}

/**
 * Puts parts together; nothing is started yet.
 *
 *   start: part 1 … part n ──▶ open: part 1 … part n ──▶ runs ──▶ stop: what was registered last is undone first
 *            └──── fails, or stop() ────┴───────────────────────────▲
 *
 * @throws Error when a part needs what no part gives, two give the same, or parts need each other
 */
export function assemble(parts: readonly Part[], options: AssemblyOptions): Assembly {
  const sorted = sortParts(parts)
  const made = new Map<unknown, unknown>()
  const opens: { readonly part: string; readonly open: () => unknown }[] = []
  const times = new Map(sorted.map(({ name }) => [name, { startMs: 0, openMs: 0 }]))
  const undoing = new AsyncDisposableStack()
  const stopping = new AbortController()
  let started: Promise<unknown> | undefined
  let stopped: Promise<void> | undefined

  function find(token: Token<unknown> | ListToken<never>): unknown {
    if (token.isList && !made.has(token)) made.set(token, [])
    if (!made.has(token)) throw new Error(`nothing has given ${token.name} yet`)
    return made.get(token)
  }

  function lifeOf(part: string): Life {
    const onStop: Life['onStop'] = (undo) =>
      undoing.defer(async () => {
        try {
          await undo()
        } catch (error) {
          options.onStopFailed(part, error)
        }
      })
    return {
      signal: stopping.signal,
      onStop,
      onOpen: (open) => void opens.push({ part, open }),
      add(token, item) {
        const list = find(token) as unknown[]
        list.push(item)
        onStop(() => list.splice(list.indexOf(item), 1))
      },
    }
  }

  async function timed(part: string, phase: 'startMs' | 'openMs', work: () => unknown): Promise<unknown> {
    stopping.signal.throwIfAborted()
    const from = performance.now()
    const result = await work()
    const time = times.get(part)
    if (time) time[phase] += performance.now() - from
    return result
  }

  async function startAll(): Promise<readonly PartTime[]> {
    try {
      for (const part of sorted) {
        const value = await timed(part.name, 'startMs', () => part.start(find, lifeOf(part.name)))
        if (part.gives) made.set(part.gives, value)
      }
      for (const { part, open } of opens) await timed(part, 'openMs', open)
      stopping.signal.throwIfAborted()
    } catch (error) {
      stopping.abort(error)
      await undoing.disposeAsync()
      throw error
    }
    return [...times].map(([part, time]) => ({ part, ...time }))
  }

  async function stopAll(): Promise<void> {
    stopping.abort(new Error('stopped before everything had started'))
    await started?.catch(() => {})
    await undoing.disposeAsync()
  }

  return {
    start: () => (started ??= startAll()) as Promise<readonly PartTime[]>,
    get: <Value>(token: Token<Value>) => find(token) as Value,
    stop: () => (stopped ??= stopAll()),
  }
}
