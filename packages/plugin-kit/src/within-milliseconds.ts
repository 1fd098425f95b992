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

/**
 * Does synchronous work that may think for ever about a stranger's text, such as a regular expression or a parser made of
 * them: at the limit it is torn away wherever it stands, without its `finally`. So it must hold nothing and change nothing.
 * By the clock: a busy machine stands still for a while, so leave room.
 *
 * @throws TimeLimitError, or what the work throws
 */
export function withinMilliseconds<T>(milliseconds: number, work: () => T): T {
  sandbox.work = work
  try {
    return script.runInContext(sandbox, { timeout: milliseconds }) as T
  } catch (error) {
    if (Reflect.get(Object(error), 'code') === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new TimeLimitError(milliseconds)
    throw error
  } finally {
    // what it holds is nobody's to keep
    delete sandbox.work
  }
}
