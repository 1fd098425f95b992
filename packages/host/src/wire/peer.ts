import type { Duplex } from 'node:stream'
import { deserialize, serialize } from 'node:v8'
import { PluggramError } from '@pluggram/sdk'
import { isWithin } from './expanded-size.ts'
import { FrameReader, toFrame } from './frames.ts'
import { PayloadError, scanPayload } from './scan-payload.ts'
import { StreamTable } from './streams.ts'
import type { StreamMessage } from './streams.ts'
import { decodeError, encodeError } from './wire-error.ts'
import type { WorkBudget } from './work-queue.ts'
import { WorkQueue } from './work-queue.ts'

/** A call from the other side. */
export interface IncomingCall {
  readonly method: string
  readonly args: readonly unknown[]
  /** Aborted when the caller gives up. */
  readonly signal: AbortSignal
}

export interface PeerOptions {
  /** The largest message accepted; a larger one closes the connection. */
  readonly maxIncomingBytes: number
  /**
   * The most values in an accepted message; more close the connection. Without it, the other side
   * is trusted.
   */
  readonly maxIncomingValues?: number
  /** The largest message sent; sending a larger one throws. */
  readonly maxOutgoingBytes: number
  /** How many calls from the other side may run at once; further ones are refused. */
  readonly maxCalls: number
  /**
   * Sends each call immediately, for a side whose event-loop turns may be long. Default: calls of
   * one turn are sent together, like answers.
   */
  readonly callsAtOnce?: boolean
  /** Adds the caller's stack to errors of its calls, so that they name a line of its own code. */
  readonly keepsCallers?: boolean
  onCall(call: IncomingCall): Promise<unknown>
  onNote(method: string, args: readonly unknown[]): void
  /** Called when the connection was closed or broke, or the other side violated the protocol. */
  onClose(reason: Error | undefined): void
  /** Limits the time that the other side's calls take. Without it, the other side is trusted. */
  readonly budget?: WorkBudget
  /** Called when the other side's messages had to wait for the budget. */
  onRested?(): void
}

/** The deepest nesting in a message that is not trusted. */
const MAX_DEPTH = 500
/**
 * An untrusted message may expand to this many times its values, when shared parts count each time.
 */
const MAX_GROWTH = 4
const FREE_GROWTH = 10_000

interface PendingCall {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  readonly unlisten: () => void
}

/**
 * One end of a connection on which both sides call each other. A message is an array that starts
 * with its kind.
 *
 *   call id method args ──▶            note method args ──▶          pull stream ──▶
 *        ◀── result id value                                              ◀── chunk stream value
 *        ◀── error id error            abort id error ──▶                  ◀── end stream error?
 *
 * A text stream is sent as a number. Its reader pulls one chunk at a time, so that at most one is
 * in flight.
 */
export class Peer {
  readonly streams: StreamTable
  readonly #socket: Duplex
  readonly #options: PeerOptions
  readonly #reader: FrameReader
  readonly #work: WorkQueue
  readonly #pending = new Map<number, PendingCall>()
  readonly #incoming = new Map<number, AbortController>()
  #nextId = 1
  #isGathering = false
  #closed: Error | undefined

  constructor(socket: Duplex, options: PeerOptions) {
    this.#socket = socket
    this.#options = options
    this.#reader = new FrameReader(options.maxIncomingBytes)
    this.#work = new WorkQueue({
      socket,
      budget: options.budget,
      handle: (payload) => this.#receive(payload),
      onRested: () => options.onRested?.(),
    })
    this.streams = new StreamTable((message) => this.#send(message))
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    // the error says nothing useful; the exit of the process explains it
    socket.on('error', () => this.#end())
    socket.on('close', () => this.#end())
    socket.on('end', () => this.#end())
  }

  get isClosed(): boolean {
    return this.#closed !== undefined
  }

  /** Bytes that the other side has not read. */
  get backlog(): number {
    return this.#socket.writableLength
  }

  /**
   * Calls the other side.
   * @throws what the other side threw; the close reason when the connection ends first
   */
  call(method: string, args: readonly unknown[], signal?: AbortSignal): Promise<unknown> {
    const caller = this.#options.keepsCallers ? new Error('called') : undefined
    return new Promise((resolve, fail) => {
      const reject = caller ? (error: unknown) => fail(withCaller(error, caller)) : fail
      if (this.#closed) return reject(this.#closed)
      const id = this.#nextId++
      const onAbort = (): void => this.#send(['abort', id, encodeError(signal?.reason)])
      signal?.addEventListener('abort', onAbort, { once: true })
      const unlisten = (): void => signal?.removeEventListener('abort', onAbort)
      this.#pending.set(id, { resolve, reject, unlisten })
      try {
        const message = ['call', id, method, args]
        if (!this.#options.callsAtOnce) this.#sendTogether(message)
        else {
          this.#sendGathered()
          this.#send(message)
        }
        if (signal?.aborted) onAbort()
      } catch (error) {
        this.#pending.delete(id)
        unlisten()
        reject(error)
      }
    })
  }

  /** Sends a message that has no answer. */
  note(method: string, args: readonly unknown[]): void {
    if (!this.#closed) this.#send(['note', method, args])
  }

  /** Closes the connection; pending calls reject. */
  close(reason?: Error): void {
    if (this.#closed) return
    this.#closed = reason ?? new Error('the connection was closed')
    this.#work.close()
    this.#sendGathered()
    this.#socket.destroy()
    for (const { reject, unlisten } of this.#pending.values()) {
      unlisten()
      reject(this.#closed)
    }
    this.#pending.clear()
    for (const controller of this.#incoming.values()) controller.abort(this.#closed)
    this.streams.close(this.#closed)
    this.#options.onClose(reason)
  }

  #send(message: readonly unknown[] | StreamMessage): void {
    if (this.#closed) return
    const [header, payload] = toFrame(serialize(message), this.#options.maxOutgoingBytes)
    this.#socket.cork()
    this.#socket.write(header)
    this.#socket.write(payload)
    this.#socket.uncork()
  }

  /**
   * Combines the messages of one turn into one write, because each write costs both sides a system
   * call and a context switch.
   */
  #sendTogether(message: readonly unknown[]): void {
    if (!this.#isGathering && !this.#closed) {
      this.#isGathering = true
      this.#socket.cork()
      process.nextTick(() => this.#sendGathered())
    }
    this.#send(message)
  }

  #sendGathered(): void {
    if (!this.#isGathering) return
    this.#isGathering = false
    this.#socket.uncork()
  }

  #read(chunk: Buffer): void {
    try {
      this.#work.read(this.#reader.push(chunk))
    } catch (error) {
      this.#refuse(error)
    }
  }

  #receive(payload: Buffer): void {
    if (this.#closed) return
    try {
      const message = this.#decode(payload)
      if (!Array.isArray(message)) throw new TypeError('a message that is no array')
      this.#handle(message)
    } catch (error) {
      this.#refuse(error)
    }
  }

  #refuse(error: unknown): void {
    this.close(new Error(`sent something that cannot be taken: ${(error as Error).message}`))
  }

  /** The other side is gone; what it still said may tell why. */
  #end(): void {
    this.#work.close()
    this.close()
  }

  /** @throws PayloadError when the message is over a limit */
  #decode(payload: Buffer): unknown {
    const { maxIncomingBytes, maxIncomingValues } = this.#options
    if (maxIncomingValues === undefined) return deserialize(payload)
    const { values, canGrow } = scanPayload(payload, { values: maxIncomingValues, depth: MAX_DEPTH })
    const message: unknown = deserialize(payload)
    const limits = { values: values * MAX_GROWTH + FREE_GROWTH, bytes: maxIncomingBytes }
    if (canGrow && !isWithin(message, limits))
      throw new PayloadError('a message that is much more than its bytes')
    return message
  }

  #handle(message: readonly unknown[]): void {
    const [kind, target, third, fourth] = message
    if (kind === 'note') {
      if (typeof target === 'string' && Array.isArray(third)) this.#options.onNote(target, third)
      return
    }
    if (typeof target !== 'number') throw new TypeError('a message without a number')
    switch (kind) {
      case 'call':
        void this.#answer(target, third, fourth)
        return
      case 'result':
        this.#settle(target)?.resolve(third)
        return
      case 'error':
        this.#settle(target)?.reject(decodeError(third))
        return
      case 'abort':
        this.#incoming.get(target)?.abort(decodeError(third))
        return
      default:
        this.streams.handle(kind, target, third, fourth)
    }
  }

  async #answer(id: number, method: unknown, args: unknown): Promise<void> {
    const controller = new AbortController()
    try {
      if (typeof method !== 'string' || !Array.isArray(args)) throw new TypeError('a call of a wrong shape')
      if (this.#incoming.size >= this.#options.maxCalls) throw tooManyCalls(this.#options.maxCalls)
      this.#incoming.set(id, controller)
      const value = await this.#options.onCall({ method, args, signal: controller.signal })
      this.#work.answer(() => this.#result(id, value))
    } catch (error) {
      this.#work.answer(() => this.#error(id, error))
    }
  }

  #result(id: number, value: unknown): void {
    try {
      this.#sendTogether(['result', id, value])
      this.#incoming.delete(id)
    } catch (error) {
      // a value that cannot cross
      this.#error(id, error)
    }
  }

  #error(id: number, error: unknown): void {
    this.#incoming.delete(id)
    this.#send(['error', id, encodeError(error)])
  }

  #settle(id: number): PendingCall | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    pending?.unlisten()
    return pending
  }
}

/** The stack of the error, then that of the call in this process. */
function withCaller(error: unknown, caller: Error): unknown {
  if (!(error instanceof Error)) return error
  const frames = caller.stack?.split('\n').slice(2).join('\n') ?? ''
  if (frames === '') return error
  const value = `${error.stack ?? error.message}\n    -- called from --\n${frames}`
  return Object.defineProperty(error, 'stack', { value, configurable: true, writable: true })
}

function tooManyCalls(limit: number): PluggramError {
  return new PluggramError(
    'plugin-timeout',
    `More than ${limit} calls are under way at once. Wait for some of them before making more.`,
    { isRetryable: true },
  )
}
