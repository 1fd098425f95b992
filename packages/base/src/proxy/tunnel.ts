import net from 'node:net'
import tls from 'node:tls'
import type { ProxyAddress } from './proxy-address.ts'

/** A proxy did not make a connection. Its message names the proxy, never a password. */
export class ProxyError extends Error {
  /** Nothing was sent to the host behind the proxy. */
  readonly code = 'UND_ERR_CONNECT_PROXY'

  constructor({ name }: ProxyAddress, reason: string) {
    super(`proxy ${name} ${reason}`)
    this.name = 'ProxyError'
  }
}

/** Where a tunnel leads. */
export interface TunnelTarget {
  readonly host: string
  readonly port: number
}

const LIMIT_MS = 10_000
const MAX_ANSWER_BYTES = 16_384

/**
 * Opens a connection through a proxy: by `CONNECT`, or by SOCKS 5. The proxy looks up names.
 * @throws ProxyError
 */
export async function openTunnel(
  proxy: ProxyAddress,
  target: TunnelTarget,
  limitMs = LIMIT_MS,
): Promise<net.Socket> {
  const socket =
    proxy.protocol === 'https:'
      ? tls.connect({
          host: proxy.host,
          port: proxy.port,
          ...(net.isIP(proxy.host) === 0 && { servername: proxy.host }),
        })
      : net.connect({ host: proxy.host, port: proxy.port })
  const timer = setTimeout(
    () => socket.destroy(new ProxyError(proxy, `did not answer within ${limitMs / 1_000} s`)),
    limitMs,
  )
  try {
    await connected(socket, proxy)
    await (proxy.protocol === 'socks5:' ? bySocks : byConnect)(new Answers(socket, proxy), target)
    return socket
  } catch (error) {
    socket.destroy()
    throw error instanceof ProxyError ? error : new ProxyError(proxy, `cannot be used: ${reasonOf(error)}`)
  } finally {
    clearTimeout(timer)
  }
}

async function connected(socket: net.Socket, proxy: ProxyAddress): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.once(proxy.protocol === 'https:' ? 'secureConnect' : 'connect', resolve)
  socket.on('error', reject)
  // later errors are for whoever uses the connection
  try {
    await promise
  } catch (error) {
    throw error instanceof ProxyError
      ? error
      : new ProxyError(proxy, `cannot be reached (${reasonOf(error)})`)
  }
}

/** A code such as ECONNREFUSED. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.message : 'unknown reason'
}

/** Reads what a proxy answers, without taking bytes that are meant for the tunnel. */
class Answers {
  readonly proxy: ProxyAddress
  readonly #socket: net.Socket

  constructor(socket: net.Socket, proxy: ProxyAddress) {
    this.#socket = socket
    this.proxy = proxy
  }

  write(bytes: Uint8Array | string): void {
    this.#socket.write(bytes)
  }

  /** Reads until `whole` says how many bytes the answer has. */
  async read(whole: (bytes: Buffer) => number | undefined): Promise<Buffer> {
    let bytes = Buffer.alloc(0)
    for (;;) {
      const length = whole(bytes)
      if (length !== undefined && bytes.length >= length) {
        if (bytes.length > length) this.#socket.unshift(bytes.subarray(length))
        return bytes.subarray(0, length)
      }
      if (bytes.length > MAX_ANSWER_BYTES) throw new ProxyError(this.proxy, 'does not answer as a proxy does')
      bytes = Buffer.concat([bytes, await this.#more()])
    }
  }

  #more(): Promise<Buffer> {
    const socket = this.#socket
    return new Promise((resolve, reject) => {
      const take = (): void => {
        const chunk = socket.read() as Buffer | null
        if (chunk === null) return
        stop()
        resolve(chunk)
      }
      const end = (): void => {
        stop()
        reject(new ProxyError(this.proxy, 'closed the connection'))
      }
      const fail = (error: Error): void => {
        stop()
        reject(error)
      }
      const stop = (): void => {
        socket.off('readable', take).off('end', end).off('close', end).off('error', fail)
      }
      socket.on('readable', take).once('end', end).once('close', end).once('error', fail)
      take()
    })
  }
}

async function byConnect(answers: Answers, { host, port }: TunnelTarget): Promise<void> {
  const { proxy } = answers
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const secret = Buffer.from(`${proxy.username}:${proxy.password}`).toString('base64')
  const authorization = proxy.username === '' ? '' : `Proxy-Authorization: Basic ${secret}\r\n`
  answers.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`)
  const head = await answers.read((bytes) => {
    const end = bytes.indexOf('\r\n\r\n')
    return end === -1 ? undefined : end + 4
  })
  const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(head.toString('latin1'))?.[1])
  if (status >= 200 && status < 300) return
  if (status === 407) {
    throw new ProxyError(
      proxy,
      proxy.username === ''
        ? 'wants a user name and a password (407): write them into its address, http://USER:PASSWORD@HOST:PORT'
        : 'refused the user name or the password (407)',
    )
  }
  throw new ProxyError(
    proxy,
    Number.isNaN(status)
      ? 'does not answer as a proxy does'
      : `refused a connection to ${authority} (${status})`,
  )
}

const SOCKS_FAILURES = [
  'failed',
  'does not allow a connection',
  'cannot reach the network',
  'cannot reach the host',
  'was refused the connection',
  'waited too long',
  'knows no such command',
  'knows no such kind of address',
]

async function bySocks(answers: Answers, { host, port }: TunnelTarget): Promise<void> {
  const { proxy } = answers
  const hasUser = proxy.username !== ''
  answers.write(Uint8Array.from(hasUser ? [5, 2, 0, 2] : [5, 1, 0]))
  const [version, method] = await answers.read(() => 2)
  if (version !== 5) throw new ProxyError(proxy, 'does not answer as a SOCKS 5 proxy does')
  if (method === 2 && hasUser) {
    answers.write(Buffer.concat([Uint8Array.of(1), field(proxy.username), field(proxy.password)]))
    const [, isRefused] = await answers.read(() => 2)
    if (isRefused !== 0) throw new ProxyError(proxy, 'refused the user name or the password')
  } else if (method !== 0) {
    throw new ProxyError(
      proxy,
      'wants a user name and a password: write them into its address, socks5://USER:PASSWORD@HOST:PORT',
    )
  }
  const address = net.isIPv4(host)
    ? [1, ...host.split('.').map(Number)]
    : net.isIPv6(host)
      ? [4, ...bytesOfV6(host)]
      : [3, ...field(host)]
  answers.write(Uint8Array.from([5, 1, 0, ...address, port >> 8, port & 0xff]))
  const answer = await answers.read((bytes) => {
    const [, , , kind, length] = bytes
    if (kind === undefined || length === undefined) return undefined
    return kind === 1 ? 10 : kind === 4 ? 22 : 7 + length
  })
  const failure = answer[1] ?? 1
  if (failure !== 0)
    throw new ProxyError(proxy, `${SOCKS_FAILURES[failure - 1] ?? 'failed'} for ${host}:${port}`)
}

/** A text behind its length, of at most 255 bytes. */
function field(text: string): Buffer {
  const bytes = Buffer.from(text).subarray(0, 255)
  return Buffer.concat([Uint8Array.of(bytes.length), bytes])
}

function bytesOfV6(host: string): number[] {
  const [head = [], tail = []] = host
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return [...head, ...zeros, ...tail].flatMap((group) => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}
