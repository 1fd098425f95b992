import { createContext, Script } from 'node:vm'
import { TimeLimitError } from './time-limit.ts'

interface Sandbox {
  readonly script: Script
  readonly context: { work?: () => unknown }
}

let made: Sandbox | undefined

/**
 * On a busy machine the clock may run out before the thread had a turn. Then the work starts again,
 * at most this often.
 */
const MAX_TRIES = 10

/**
 * Runs synchronous work that may never end, such as a regular expression on a stranger's text, for
 * at most this much processor time. It is then interrupted anywhere, even before its `finally`, and
 * it may start again. So it must hold nothing and change nothing.
 *
 * @throws TimeLimitError, or what the work throws
 */
export function withinMilliseconds<T>(milliseconds: number, work: () => T): T {
  // a context takes time and memory, and most programs that load this file need none
  const { script, context } = (made ??= { script: new Script('work()'), context: createContext({}) })
  let used = 0
  for (let tries = 0; tries < MAX_TRIES && used < milliseconds / 2; tries += 1) {
    context.work = work
    const before = process.threadCpuUsage()
    try {
      return script.runInContext(context, { timeout: milliseconds }) as T
    } catch (error) {
      if (Reflect.get(Object(error), 'code') !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      const { user, system } = process.threadCpuUsage(before)
      used += (user + system) / 1_000
    } finally {
      // the context must not keep what the work holds
      delete context.work
    }
  }
  throw new TimeLimitError(milliseconds)
}
