import { Worker } from 'node:worker_threads'

export interface ThreadWorkOptions<Input> {
  /** A module that reads `workerData`, posts one message with the result, and exits. */
  readonly script: URL
  /**
   * Does the same work in this thread, for plugin processes that may not start threads. There the
   * process itself is the limit.
   */
  here(input: Input): unknown
  /** Time limit of one job, in milliseconds. */
  readonly limitMs: number
  /** Limit of the JavaScript heap, in MB. Default 256. */
  readonly memoryMb?: number
  /**
   * Limit of the whole process's growth during one job, checked every 50 ms. Default 512. Buffers,
   * such as an unpacked file, are outside the heap, and Node cannot limit them per thread.
   */
  readonly growthMb?: number
  /** Number of concurrent jobs; others wait. Default 2. */
  readonly atOnce?: number
}

/**
 * Runs one job.
 * @throws ThreadWorkError when it failed or a limit was reached; the signal's reason when it was
 * aborted
 */
export type ThreadWork<Input> = (input: Input, signal: AbortSignal) => Promise<unknown>

const LOOK_MS = 50

/** Why a job failed. */
export class ThreadWorkError extends Error {
  /** True when it timed out; otherwise it threw or needed too much memory. */
  readonly isLate: boolean

  constructor(isLate: boolean, options?: ErrorOptions) {
    super(isLate ? 'The work in a thread took too long.' : 'The work in a thread failed.', options)
    this.name = 'ThreadWorkError'
    this.isLate = isLate
  }
}

/**
 * Processes untrusted input, each job in its own thread with time and memory limits. A job that
 * hangs or exhausts memory only terminates its own thread.
 */
export function createThreadWork<Input>(options: ThreadWorkOptions<Input>): ThreadWork<Input> {
  const { atOnce = 2 } = options
  const waiting: (() => void)[] = []
  let running = 0
  return async (input, signal) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      signal.throwIfAborted()
      return mayStartThreads() ? await inThread(input, options, signal) : await inPlace(input, options)
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}

function mayStartThreads(): boolean {
  // absent without Node's permission model, despite the types
  const { permission }: { permission?: NodeJS.ProcessPermission } = process
  return permission?.has('worker') ?? true
}

async function inPlace<Input>(input: Input, { here }: ThreadWorkOptions<Input>): Promise<unknown> {
  try {
    return await here(input)
  } catch (error) {
    throw new ThreadWorkError(false, { cause: error })
  }
}

async function inThread<Input>(
  input: Input,
  { script, limitMs, memoryMb = 256, growthMb = 512 }: ThreadWorkOptions<Input>,
  signal: AbortSignal,
): Promise<unknown> {
  const worker = new Worker(script, {
    workerData: input,
    env: {},
    // a report that Node writes would hold the variables of the whole process
    execArgv: ['--report-exclude-env'],
    // keep parsers' messages about broken files out of the log
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 32 },
  })
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const fail = (cause?: unknown): void => reject(new ThreadWorkError(false, { cause }))
  const stop = (): void => reject(signal.reason)
  worker.once('message', resolve)
  worker.once('error', fail)
  worker.once('exit', () => fail())
  signal.addEventListener('abort', stop, { once: true })
  const timer = setTimeout(() => reject(new ThreadWorkError(true)), limitMs)
  const most = process.memoryUsage.rss() + growthMb * 1_048_576
  const scales = setInterval(() => {
    if (process.memoryUsage.rss() > most) fail(new Error(`The process grew by more than ${growthMb} MB.`))
  }, LOOK_MS)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    clearInterval(scales)
    signal.removeEventListener('abort', stop)
    await worker.terminate()
  }
}
