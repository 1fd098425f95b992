import { Worker } from 'node:worker_threads'

export interface ThreadWorkOptions<Input> {
  /** A module that reads `workerData`, posts one message with the result, and ends. */
  readonly script: URL
  /** The same work in this thread, for a process that may have no threads: a plugin's own, which is the limit then. */
  here(input: Input): unknown
  /** Milliseconds for one piece of work. */
  readonly limitMs: number
  /** Of JavaScript's heap. Default 256. */
  readonly memoryMb?: number
  /**
   * By how much the whole process may grow while one piece of work is done: buffers, such as what a small file unpacks to, lie
   * outside of the heap, and Node limits those of no thread. Looked at every 50 ms. Default 512.
   */
  readonly growthMb?: number
  /** Pieces of work at a time; others wait. Default 2. */
  readonly atOnce?: number
}

/**
 * Does one piece of work.
 * @throws ThreadWorkError when it failed or a limit was reached; the signal's reason when it was aborted
 */
export type ThreadWork<Input> = (input: Input, signal: AbortSignal) => Promise<unknown>

const LOOK_MS = 50

/** Why a piece of work gave no result. */
export class ThreadWorkError extends Error {
  /** True when it took too long; otherwise it threw or needed too much memory. */
  readonly isLate: boolean

  constructor(isLate: boolean, options?: ErrorOptions) {
    super(isLate ? 'The work in a thread took too long.' : 'The work in a thread failed.', options)
    this.name = 'ThreadWorkError'
    this.isLate = isLate
  }
}

/**
 * Work on what strangers send, each piece in a thread of its own with limits on time and memory: what runs for ever or eats
 * memory ends that thread and nothing else.
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
  // absent without a permission model, whatever the types say
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
    execArgv: [],
    // what parsers say of a broken file is no line of the log
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
