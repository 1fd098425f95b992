import { lookup } from 'node:dns'
import type { LookupAddress, LookupOptions } from 'node:dns'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createProxiedConnect, proxyFailure } from '@pluggram/base'
import type { ProxyFor } from '@pluggram/base'
import { currentToolCall, toResponse } from '@pluggram/services/plugin-side'
import { isPluggramError, PermissionError, PluggramError } from '@pluggram/sdk'
import { currentStep } from '@pluggram/sdk/runtime'
import type { HttpService, PluginPermissions } from '@pluggram/sdk'
import { Agent, buildConnector, fetch } from 'undici'
import type { Dispatcher, Response as UndiciResponse } from 'undici'
import type { EdgeCredentials } from './edge-credentials.ts'
import { HostGrants, hostOf } from './host-grants.ts'

export interface GuardedHttpOptions {
  readonly plugin: string
  /** The manifest's permissions; the owner has granted them. */
  readonly permissions: PluginPermissions | undefined
  /** The port of the assistant's own web server, which needs a grant that names it. */
  ownPort?(): number | undefined
  /** The proxy to an address. The guard still looks up names itself. Default: none. */
  readonly proxyFor?: ProxyFor
  /** Added to requests, and hidden in answers. Default: none. */
  readonly credentials?: EdgeCredentials
  /** Called for each refused request. */
  onRefused(message: string): void
  /** Called at the first request, with a function that closes all connections. */
  onOpen(close: () => Promise<void>): void
  /** The delay before a retry, in milliseconds; injected by tests. */
  readonly retryDelay?: (attempt: number) => number
  /** Finds all addresses of a name; injected by tests. */
  readonly lookupAll?: LookupAll
}

type LookupAll = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

const TOTAL_MS = 30_000
const CONNECT_MS = 10_000
const MAX_BYTES = 20 * 1_048_576
const MAX_TRIES = 3
const LONGEST_RETRY_AFTER_MS = 5_000
const CONNECTIONS_PER_HOST = 8
const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])
const WORTH_A_RETRY = new Set([429, 502, 503, 504])

/**
 * A client that reaches the hosts granted to one plugin, and nothing else. Each request and each
 * redirect is checked by name before it is sent, and by address when it connects.
 */
export function createGuardedHttp(options: GuardedHttpOptions): HttpService {
  const { plugin, permissions, credentials, retryDelay = defaultDelay, lookupAll = lookup } = options
  const grants = new HostGrants(plugin, permissions?.network ?? [], options.ownPort)
  // hosts that the owner named may be asked anything; with '*' a model may choose where to send data
  const isOpen = permissions?.network?.includes('*') === true
  let agent: Dispatcher | undefined

  function open(): Dispatcher {
    const created = createAgent(grants, lookupAll, options.proxyFor)
    options.onOpen(() => created.destroy())
    return credentials ? credentials.attach(created) : created
  }

  async function send(request: PlainRequest, signal: AbortSignal): Promise<Response> {
    const { url, mayReach, ...init } = request
    agent ??= open()
    const dispatcher = mayReach ? judgeRedirects(agent, new URL(url), mayReach) : agent
    const headers = withTrace(init.headers, isOpen)
    const response = await fetch(url, { ...init, headers, signal, dispatcher })
    const whole = await readWhole(response, new URL(url))
    return credentials ? credentials.hideIn(whole) : whole
  }

  async function attempt(request: PlainRequest, signal: AbortSignal): Promise<Response> {
    const isIdempotent = IDEMPOTENT.has(request.method)
    for (let tries = 1; ; tries += 1) {
      const isLast = tries >= MAX_TRIES || !isIdempotent
      try {
        const response = await send(request, signal)
        if (isLast || !WORTH_A_RETRY.has(response.status)) return response
        const wait = retryAfter(response) ?? retryDelay(tries)
        if (wait > LONGEST_RETRY_AFTER_MS) return response
        await sleep(wait, undefined, { signal })
      } catch (error) {
        if (isLast || signal.aborted || isFinal(error)) throw error
        await sleep(retryDelay(tries), undefined, { signal })
      }
    }
  }

  return {
    async fetch(input, init) {
      const request = new Request(input, init)
      const url = new URL(request.url)
      try {
        grants.checkUrl(url)
        const mayReach = isOpen ? currentToolCall()?.mayReach : undefined
        if (mayReach && !mayReach(url)) throw unapproved(url)
        const limit = AbortSignal.timeout(TOTAL_MS)
        const signal = AbortSignal.any([request.signal, limit])
        return await attempt({ ...(await toPlainRequest(request)), ...(mayReach && { mayReach }) }, signal)
      } catch (error) {
        const known = ownError(error)
        if (known?.code === 'permission-missing') options.onRefused(known.message)
        if (known) throw known
        // an abort by the caller is thrown unchanged
        request.signal.throwIfAborted()
        throw new PluggramError('network-failed', `${hostOf(url)} did not answer: ${reasonOf(error)}.`, {
          // what a server sent may be in it
          ...(!credentials && { cause: error }),
          isRetryable: true,
        })
      }
    },
  }
}

interface PlainRequest {
  readonly url: string
  readonly method: string
  readonly headers: [string, string][]
  readonly redirect: Request['redirect']
  readonly body?: Uint8Array
  /** Whether a tool call may ask for an address, and for one that another redirects to. */
  readonly mayReach?: MayReach
}

type MayReach = (url: URL, from?: URL) => boolean

function judgeRedirects(agent: Dispatcher, first: URL, mayReach: MayReach): Dispatcher {
  let from = first
  return agent.compose((dispatch) => (request, handler) => {
    const next = new URL(request.path, String(request.origin))
    const isSame = next.host === from.host && next.pathname === from.pathname && next.search === from.search
    if (!isSame && !mayReach(next, from)) throw unapproved(next)
    from = next
    return dispatch(request, handler)
  })
}

function unapproved(url: URL): PermissionError {
  return new PermissionError(
    `An address of ${hostOf(url)} was to be asked for that nobody wrote in the chat. A person has to approve the call.`,
  )
}

/**
 * Adds the trace of the message, so that a server of the owner's can go on with it. Hosts that
 * nobody named do not get it: they could tell which requests are about the same message.
 */
function withTrace(headers: [string, string][], isOpen: boolean): [string, string][] {
  const traceparent = isOpen ? undefined : currentStep()?.traceparent
  if (traceparent === undefined || headers.some(([name]) => name === 'traceparent')) return headers
  return [...headers, ['traceparent', traceparent]]
}

async function toPlainRequest(request: Request): Promise<PlainRequest> {
  const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer())
  const { url, method, redirect } = request
  return { url, method, redirect, headers: [...request.headers], ...(body && { body }) }
}

function createAgent(
  grants: HostGrants,
  lookupAll: LookupAll,
  proxyFor: ProxyFor = () => undefined,
): Dispatcher {
  const checkedLookup: LookupFunction = (hostname, options, callback) => {
    lookupAll(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [])
      answerLookup(grants, { hostname, addresses, wantsAll: options.all === true }, callback)
    })
  }
  const agent = new Agent({
    connections: CONNECTIONS_PER_HOST,
    connect: createProxiedConnect(
      proxyFor,
      buildConnector({ timeout: CONNECT_MS, lookup: checkedLookup }),
      (hostname) => checkedAddress(hostname, checkedLookup),
    ),
  })
  return agent.compose((dispatch) => (request, handler) => {
    // redirects pass here too; numeric addresses are never looked up, so they are checked here
    grants.checkUrl(new URL(String(request.origin)))
    return dispatch(request, handler)
  })
}

/**
 * The address that a proxy is asked for. It gets no name: it might find another address than the one
 * that was checked.
 */
function checkedAddress(hostname: string, checkedLookup: LookupFunction): Promise<string> {
  if (isIP(hostname) !== 0) return Promise.resolve(hostname)
  return new Promise((resolve, reject) => {
    checkedLookup(hostname, {}, (error, address) => {
      if (error) reject(error)
      else resolve(String(address))
    })
  })
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | { address: string; family: number }[],
  family?: number,
) => void

/**
 * All addresses of the name must be allowed: a single private one means that the name cannot be
 * trusted.
 */
function answerLookup(
  grants: HostGrants,
  found: {
    readonly hostname: string
    readonly addresses: LookupAddress[]
    readonly wantsAll: boolean
  },
  callback: LookupCallback,
): void {
  const { hostname, addresses, wantsAll } = found
  try {
    for (const { address } of addresses) grants.checkAddress(hostname, address)
  } catch (refusal) {
    return callback(refusal as NodeJS.ErrnoException, [])
  }
  if (wantsAll) return callback(null, addresses)
  const [first] = addresses
  callback(null, first?.address ?? '', first?.family)
}

async function readWhole(response: UndiciResponse, url: URL): Promise<Response> {
  const announced = Number(response.headers.get('content-length') ?? 0)
  const chunks: Uint8Array[] = []
  let size = 0
  if (announced > MAX_BYTES) throw await tooLarge(response, url)
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array
    size += bytes.byteLength
    if (size > MAX_BYTES) throw await tooLarge(response, url)
    chunks.push(bytes)
  }
  return toResponse({
    url: response.url,
    status: response.status,
    statusText: response.statusText,
    redirected: response.redirected,
    headers: [...response.headers],
    body: Buffer.concat(chunks, size),
  })
}

async function tooLarge(response: UndiciResponse, url: URL): Promise<PluggramError> {
  await response.body?.cancel().catch(() => {})
  return new PluggramError(
    'network-failed',
    `${hostOf(url)} answered with more than ${MAX_BYTES / 1_048_576} MB; no more is read.`,
  )
}

/** Finds Pluggram's own error among the causes of undici's error. */
function ownError(error: unknown): PluggramError | undefined {
  for (let current: unknown = error, depth = 0; current && depth < 5; depth += 1) {
    if (isPluggramError(current)) return current
    current = current instanceof Error ? current.cause : undefined
  }
  return undefined
}

function isFinal(error: unknown): boolean {
  return ownError(error) !== undefined
}

/** A code such as ECONNREFUSED; undici's messages might contain a secret of the URL. */
function reasonOf(error: unknown): string {
  const proxy = proxyFailure(error)
  if (proxy !== undefined) return proxy
  for (let current: unknown = error, depth = 0; current instanceof Error && depth < 5; depth += 1) {
    if (current.name === 'TimeoutError') return `no answer within ${TOTAL_MS / 1_000} s`
    if ('code' in current && typeof current.code === 'string') return current.code
    current = current.cause
  }
  return 'the connection failed'
}

function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined
}

function defaultDelay(attempt: number): number {
  return Math.round(200 * 2 ** (attempt - 1) * (0.5 + Math.random()))
}
