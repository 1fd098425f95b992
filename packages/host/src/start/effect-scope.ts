import type { Awaitable, Disposer, EffectScope } from '@pluggram/sdk'
import { withinTime } from '@pluggram/base'

export interface EffectScopeOptions {
  /** Called with every error of a disposer or a timer's callback; they are never thrown. */
  readonly onError: (error: unknown, label: string) => void
  /** Called when an effect was added or removed. */
  readonly onChange?: (() => void) | undefined
}

/** An effect scope for the code that creates a plugin's services. */
export interface PluginScope extends EffectScope {
  /**
   * Registers a function that closes a service. It is not an effect of the plugin: it is not listed
   * and keeps no process alive.
   */
  onEnd(end: () => Awaitable<void>): void
}

/** An effect scope that its creator can dispose. */
export interface DisposableEffectScope extends PluginScope {
  /**
   * Disposes everything, last in first out. It awaits each disposer until time is up; the rest is
   * called without waiting. Effects added later are disposed at once.
   */
  dispose(seconds: number): Promise<void>
}

interface Effect {
  readonly label: string
  readonly dispose: () => Awaitable<void>
}

/** Node's timers fire at once when the delay is longer. */
const MAX_DELAY_MS = 2_147_483_647

/** The effects of one plugin. */
export function createEffectScope({ onError, onChange }: EffectScopeOptions): DisposableEffectScope {
  const effects = new Set<Effect>()
  const ends: (() => Awaitable<void>)[] = []
  let isDisposed = false

  async function run(label: string, callback: () => Awaitable<void>): Promise<void> {
    try {
      await callback()
    } catch (error) {
      onError(error, label)
    }
  }

  function add(label: string, dispose: () => Awaitable<void>): Disposer {
    const effect: Effect = { label: String(label), dispose }
    effects.add(effect)
    onChange?.()
    const disposer = async (): Promise<void> => {
      if (!effects.delete(effect)) return
      onChange?.()
      await run(effect.label, effect.dispose)
    }
    if (isDisposed) void disposer()
    return disposer
  }

  function delay(milliseconds: number): number {
    if (Number.isNaN(milliseconds) || milliseconds < 0) {
      throw new RangeError(`A timer needs a delay of 0 or more milliseconds, not ${milliseconds}.`)
    }
    return Math.min(milliseconds, MAX_DELAY_MS)
  }

  return {
    add,
    onEnd: (end) => void ends.push(end),
    setInterval(label, milliseconds, callback) {
      let isRunning = false
      const tick = async (): Promise<void> => {
        // a slow callback never overlaps with itself
        if (isRunning) return
        isRunning = true
        try {
          await run(label, callback)
        } finally {
          isRunning = false
        }
      }
      const timer = setInterval(() => void tick(), delay(milliseconds))
      return add(label, () => clearInterval(timer))
    },
    setTimeout(label, milliseconds, callback) {
      const timer = setTimeout(() => {
        void forget()
        void run(label, callback)
      }, delay(milliseconds))
      const forget = add(label, () => clearTimeout(timer))
      return forget
    },
    list: () => [...effects].map((effect) => effect.label),
    async dispose(seconds) {
      isDisposed = true
      const end = performance.now() + seconds * 1_000
      const finish = async (label: string, work: Promise<void>): Promise<void> => {
        const left = (end - performance.now()) / 1_000
        if (left <= 0) return
        try {
          await withinTime(work, left * 1_000)
        } catch (error) {
          onError(error, label)
        }
      }
      for (const effect of [...effects].toReversed()) {
        if (effects.delete(effect)) await finish(effect.label, run(effect.label, effect.dispose))
      }
      for (const close of ends.splice(0).toReversed()) await finish('a service', run('a service', close))
    },
  }
}
