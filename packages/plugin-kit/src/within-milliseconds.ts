import { createContext, Script } from 'node:vm'

const script = new Script('work()')
const sandbox: { work?: () => unknown } = createContext({})

/** Work took longer than it may. */
export class TimeLimitError extends Error {
  constructor(milliseconds: number) {
    super(`The work took longer than ${milliseconds} ms.`)
    this.name = 'TimeLimitError'
  }
}

/** A busy machine may let a thread stand still for all of its limit; then the work is begun anew, so often at most. */
const MAX_TRIES = 10

/**
 * Does synchronous work that may think for ever about a stranger's text, such as a regular expression or a parser made of
 * them: when it took the processor that long, it is torn away wherever it stands, without its `finally`. So it must hold
 * nothing, change nothing, and may be begun anew.
 *
 * @throws TimeLimitError, or what the work throws
 */
export function withinMilliseconds<T>(milliseconds: number, work: () => T): T {
  let used = 0
  for (let tries = 0; tries < MAX_TRIES && used < milliseconds / 2; tries += 1) {
    sandbox.work = work
    const before = process.threadCpuUsage()
    try {
      return script.runInContext(sandbox, { timeout: milliseconds }) as T
    } catch (error) {
      if (Reflect.get(Object(error), 'code') !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      const { user, system } = process.threadCpuUsage(before)
      used += (user + system) / 1_000
    } finally {
      // what it holds is nobody's to keep
      delete sandbox.work
    }
  }
  throw new TimeLimitError(milliseconds)
}
