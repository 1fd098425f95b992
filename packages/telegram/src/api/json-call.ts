import { UnorderedList } from '@pluggram/sdk/runtime'
import type { Listed } from '@pluggram/sdk/runtime'
import { createProxiedConnect } from '@pluggram/base'
import type { ProxyAddress } from '@pluggram/base'
import { buildConnector, Pool } from 'undici'
import type { Dispatcher } from 'undici'
import { cancelledError, transportError } from './errors.ts'
import type { TelegramError } from './errors.ts'

export interface JsonCallerOptions {
  /** The address of the Bot API server, without a trailing slash. */
  readonly apiRoot: string
  /** Asked for each connection. */
  proxy?(): ProxyAddress | undefined
  /** Part of every request's path; see `renewToken`. */
  readonly token: string
}

interface JsonCall {
  readonly method: string
  readonly body: string
  /** The timeout of the whole call. */
  readonly limitMilliseconds: number
  readonly signal: AbortSignal | undefined
}

/** Calls of the Bot API with JSON parameters, over kept-alive connections. */
export interface JsonCaller {
  /** Resolves with the parsed answer, unvalidated; rejects with a `TelegramError`. */
  call(call: JsonCall): Promise<unknown>
  /** Uses another token for the calls from now on. */
  renewToken(token: string): void
  /** Cancels all calls and closes the connections. */
  close(): void
}

/** An answer to getUpdates with 100 long messages is far smaller. */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024
/** Further calls wait for a free connection. Fewer chats than this are processed at once. */
const MAX_CONNECTIONS = 256
const CONNECT_MILLISECONDS = 10_000
/**
 * An answer that has begun to arrive is usually complete at once. A connection slower than this
 * counts as dead: waiting for it would block the chat, or all updates.
 */
const SLOWEST_BYTES = 512
const SLOW_SPAN_MILLISECONDS = 2_500

/**
 * Creates a caller on undici's `dispatch`. For such small requests and answers, streams and fetch's
 * objects would cost more than everything else. Against one fast server, a call takes 0.3 of the
 * CPU time of grammY's client and 0.65 of that of `undici.request`.
 */
export function createJsonCaller({ apiRoot, token, proxy }: JsonCallerOptions): JsonCaller {
  const { origin, pathname, username, password } = new URL(apiRoot)
  const prefixOf = (current: string): string => `${pathname.replace(/\/+$/, '')}/bot${current}/`
  let prefix = prefixOf(token)
  const headers = { 'content-type': 'application/json', ...authorization(username, password) }
  const pool = new Pool(origin, {
    connections: MAX_CONNECTIONS,
    allowH2: false,
    maxResponseSize: MAX_ANSWER_BYTES,
    // Each call has a single timeout of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: createProxiedConnect(() => proxy?.(), buildConnector({ timeout: CONNECT_MILLISECONDS })),
  })
  const underWay = new UnorderedList<CallHandler>()
  let isClosed = false

  return {
    call: (call) =>
      new Promise((resolve, reject) => {
        if (isClosed || call.signal?.aborted) {
          reject(cancelledError(call.method, { wasSent: false }))
          return
        }
        const handler = new CallHandler(call, resolve, reject, underWay)
        const path = prefix + call.method
        pool.dispatch({ path, method: 'POST', headers, body: call.body }, handler)
      }),
    renewToken(next) {
      prefix = prefixOf(next)
    },
    close(): void {
      isClosed = true
      for (const handler of underWay.values()) handler.cancel()
      void pool.destroy()
    },
  }
}

function authorization(username: string, password: string): { authorization?: string } {
  if (username === '' && password === '') return {}
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

/**
 * Tracks one call: waiting for a connection → on the wire → answered. A call that fails before it
 * is on the wire has no effect at Telegram; one that fails later may have had one.
 */
class CallHandler implements Dispatcher.DispatchHandler {
  readonly #call: JsonCall
  readonly #resolve: (answer: unknown) => void
  readonly #reject: (error: TelegramError) => void
  readonly #underWay: UnorderedList<CallHandler>
  readonly #member: Listed<CallHandler>
  readonly #timer: NodeJS.Timeout
  readonly #chunks: Buffer[] = []
  #received = 0
  /** The announced length of the answer, in bytes. */
  #expected = Number.POSITIVE_INFINITY
  #watch: NodeJS.Timeout | undefined
  #controller: Dispatcher.DispatchController | undefined
  #isOver = false
  readonly #unfollow: (() => void) | undefined

  constructor(
    call: JsonCall,
    resolve: (answer: unknown) => void,
    reject: (error: TelegramError) => void,
    underWay: UnorderedList<CallHandler>,
  ) {
    this.#call = call
    this.#resolve = resolve
    this.#reject = reject
    this.#underWay = underWay
    // before anything that may throw: a late timer would end a half-made call
    this.#member = underWay.add(this)
    this.#timer = setTimeout(() => this.#giveUpLate(), call.limitMilliseconds)
    this.#unfollow = call.signal && followSignal(call.signal, this)
  }

  cancel(): void {
    this.#giveUp(cancelledError(this.#call.method, { wasSent: this.#wasSent }))
  }

  get #wasSent(): boolean {
    return this.#controller !== undefined
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // A call that was cancelled while it waited for a connection is not made.
    if (this.#isOver) controller.abort(new Error('given up'))
    else this.#controller = controller
  }

  /** The status is ignored: the answer contains everything it says. */
  onResponseStart(
    _controller: Dispatcher.DispatchController,
    _status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#expected = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return
    this.#chunks.push(chunk)
    this.#received += chunk.length
    // most answers arrive whole and need no timer
    if (this.#received < this.#expected) this.#watch ??= this.#watchPace()
  }

  onResponseEnd(): void {
    if (!this.#end()) return
    try {
      const [first] = this.#chunks
      const body = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks)
      this.#resolve(JSON.parse(body.toString('utf8')))
    } catch {
      this.#reject(transportError(this.#call.method, { wasSent: true }))
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#end()) this.#reject(transportError(this.#call.method, { error, wasSent: this.#wasSent }))
  }

  #watchPace(): NodeJS.Timeout {
    let before = 0
    return setInterval(() => {
      if (this.#received - before < SLOWEST_BYTES) this.#giveUpLate()
      before = this.#received
    }, SLOW_SPAN_MILLISECONDS)
  }

  #giveUpLate(): void {
    this.#giveUp(transportError(this.#call.method, { timedOut: true, wasSent: this.#wasSent }))
  }

  #giveUp(error: TelegramError): void {
    if (!this.#end()) return
    this.#reject(error)
    this.#controller?.abort(new Error('given up'))
  }

  /** False when the call had already ended. */
  #end(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    clearTimeout(this.#timer)
    clearInterval(this.#watch)
    this.#unfollow?.()
    this.#underWay.remove(this.#member)
    return true
  }
}

/** Something that a signal can cancel. */
interface Cancellable {
  cancel(): void
}

const followers = new WeakMap<AbortSignal, UnorderedList<Cancellable>>()

/**
 * Cancels the follower when the signal is aborted. Call the returned function to stop following.
 * All followers of a signal share one listener. Hundreds of sends follow the same signal, and a
 * signal scans its listeners when one is added or removed.
 */
function followSignal(signal: AbortSignal, follower: Cancellable): () => void {
  const known = followers.get(signal)
  const group = known ?? new UnorderedList<Cancellable>()
  const member = group.add(follower)
  if (!known) {
    followers.set(signal, group)
    signal.addEventListener('abort', () => cancelAll(group), { once: true })
  }
  return () => group.remove(member)
}

function cancelAll(group: UnorderedList<Cancellable>): void {
  for (const follower of group.values()) follower.cancel()
}
