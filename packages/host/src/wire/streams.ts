import { AsyncLocalStorage } from 'node:async_hooks'
import { toPlainData } from './plain-data.ts'
import { decodeError, encodeError } from './wire-error.ts'
import type { WireError } from './wire-error.ts'

/** Messages about streams; see `Peer`. */
export type StreamMessage =
  | readonly ['pull' | 'cancel', number]
  | readonly ['chunk', number, string]
  | readonly ['end', number, WireError | undefined, unknown?]

/** More streams at once are a bug in the plugin. */
const MAX_STREAMS = 1_000
/** An unread stream is cancelled after this long. */
const UNREAD_MS = 60_000

interface Reading {
  readonly push: (chunk: string) => void
  readonly end: (error: Error | undefined, value?: unknown) => void
}

/** A chunk of a stream, or its end with what it returned. */
type Pulled = { readonly chunk: string } | { readonly isEnd: true; readonly value: unknown }

interface Offered {
  readonly source: AsyncIterator<unknown>
  /** Runs work as part of the call that offered the stream. */
  readonly within: ReturnType<typeof AsyncLocalStorage.snapshot>
}

/** Text streams that one side of a connection writes and the other side reads. */
export class StreamTable {
  readonly #send: (message: StreamMessage) => void
  readonly #offered = new Map<number, Offered>()
  readonly #read = new Map<number, Reading>()
  #nextId = 1

  constructor(send: (message: StreamMessage) => void) {
    this.#send = send
  }

  /** How many streams the other side may still read. */
  get offered(): number {
    return this.#offered.size
  }

  /** Lets the other side read `source` under the returned number. */
  offer(source: AsyncIterable<unknown>): number {
    if (this.#offered.size >= MAX_STREAMS) throw new Error(`more than ${MAX_STREAMS} texts are being written`)
    const id = this.#nextId++
    this.#offered.set(id, { source: source[Symbol.asyncIterator](), within: AsyncLocalStorage.snapshot() })
    return id
  }

  /** Reads a stream of the other side. `onEnd` is called once, even if nothing was read. */
  read(id: number, onEnd: () => void = () => {}): AsyncIterable<string> {
    const unread = setTimeout(() => {
      this.cancel(id)
      onEnd()
    }, UNREAD_MS).unref()
    return this.#pieces(id, unread, onEnd)
  }

  async *#pieces(id: number, unread: NodeJS.Timeout, onEnd: () => void): AsyncGenerator<string, unknown> {
    clearTimeout(unread)
    let isOver = false
    try {
      for (;;) {
        const pulled = await this.#pull(id)
        if ('isEnd' in pulled) {
          isOver = true
          return pulled.value
        }
        yield pulled.chunk
      }
    } catch (error) {
      isOver = true
      throw error
    } finally {
      if (!isOver) this.cancel(id)
      onEnd()
    }
  }

  /** Tells the other side that the reader has stopped. */
  cancel(id: number): void {
    this.#send(['cancel', id])
  }

  handle(kind: unknown, id: number, value: unknown, returned: unknown): void {
    if (kind === 'pull') void this.#produce(id)
    else if (kind === 'cancel') this.#withdraw(id)
    else if (kind === 'chunk') this.#take(id)?.push(String(value))
    else if (kind === 'end')
      this.#take(id)?.end(value === undefined ? undefined : decodeError(value), returned)
    else throw new TypeError('a message of an unknown kind')
  }

  /** Ends all streams; readers get `reason`. */
  close(reason: Error): void {
    for (const { end } of this.#read.values()) end(reason)
    this.#read.clear()
    for (const id of this.#offered.keys()) this.#withdraw(id)
  }

  #pull(id: number): Promise<Pulled> {
    return new Promise((resolve, reject) => {
      this.#read.set(id, {
        push: (chunk) => resolve({ chunk }),
        end: (error, value) => (error ? reject(error) : resolve({ isEnd: true, value })),
      })
      this.#send(['pull', id])
    })
  }

  #take(id: number): Reading | undefined {
    const reading = this.#read.get(id)
    this.#read.delete(id)
    return reading
  }

  async #produce(id: number): Promise<void> {
    const offered = this.#offered.get(id)
    try {
      const next = await offered?.within(() => offered.source.next())
      if (next && next.done !== true) return this.#send(['chunk', id, String(next.value)])
      this.#offered.delete(id)
      const returned: unknown = next?.value
      const hasEnd = typeof returned === 'object' && returned !== null
      this.#send(hasEnd ? ['end', id, undefined, toPlainData(returned)] : ['end', id, undefined])
    } catch (error) {
      this.#offered.delete(id)
      this.#send(['end', id, encodeError(error)])
    }
  }

  #withdraw(id: number): void {
    const source = this.#offered.get(id)?.source
    this.#offered.delete(id)
    // not awaited: a source that hangs in next() hangs in return() too
    void Promise.resolve(source?.return?.()).catch(() => {})
  }
}
