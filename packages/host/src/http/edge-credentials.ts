import { isIP } from 'node:net'
import { promisify } from 'node:util'
import { gunzip, inflate, zstdDecompress } from 'node:zlib'
import { KnownSecrets } from '@pluggram/base'
import { PluggramError } from '@pluggram/sdk'
import type { CredentialDefinition } from '@pluggram/sdk'
import { toResponse } from '@pluggram/services/plugin-side'
import type { Dispatcher } from 'undici'
import { credentialLine, schemeOf } from '../start/credential-schema.ts'

type Definitions = Readonly<Record<string, CredentialDefinition>>

export interface EdgeCredentialsOptions {
  readonly definitions: Definitions
  /** The lines of the grant; a credential without one is not added. */
  readonly granted: readonly string[] | undefined
  /** The current value, which may change at any time. */
  valueFor(name: string): string | undefined
}

const NOTHING = /(?!)/g
/** A compressed answer is unpacked this far to look into it. */
const MAX_UNPACKED_BYTES = 64 * 1_048_576
const PACKED = [
  { magic: [0x1f, 0x8b], unpack: promisify(gunzip) },
  { magic: [0x78, 0x01], unpack: promisify(inflate) },
  { magic: [0x78, 0x9c], unpack: promisify(inflate) },
  { magic: [0x78, 0xda], unpack: promisify(inflate) },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: promisify(zstdDecompress) },
] as const

/**
 * Adds one plugin's credentials to its requests, each hop judged by itself, and hides their values in
 * what comes back. Values that were replaced stay hidden.
 */
export class EdgeCredentials {
  readonly #rules: readonly {
    readonly name: string
    readonly host: string
    readonly definition: CredentialDefinition
  }[]
  readonly #valueFor: EdgeCredentialsOptions['valueFor']
  readonly #secrets = new KnownSecrets(NOTHING)
  readonly #known = new Set<string>()

  constructor({ definitions, granted = [], valueFor }: EdgeCredentialsOptions) {
    this.#valueFor = valueFor
    this.#rules = Object.entries(definitions).flatMap(([name, definition]) =>
      definition.hosts
        .filter((host) => granted.includes(credentialLine(name, definition, host)))
        .map((host) => ({ name, host, definition })),
    )
  }

  /** Whether a request to this address gets a credential. */
  covers(url: URL): boolean {
    return this.#rules.some(({ host }) => isAtHost(host, url))
  }

  /** The headers for a request to this address, with those that the plugin wrote. */
  headersFor(url: URL, written: Readonly<Record<string, string>>): Record<string, string> {
    const headers = { ...written }
    for (const { name, host, definition } of this.#rules) {
      if (!isAtHost(host, url)) continue
      const value = this.#read(name)
      if (value === undefined) continue
      const header = definition.header ?? 'authorization'
      for (const key of Object.keys(headers)) {
        // with another Host the server might hand the credential on
        if ([header, 'host'].includes(key.toLowerCase())) delete headers[key]
      }
      headers[header] = this.#format(value, schemeOf(definition))
    }
    return headers
  }

  /** Adds the credentials at the last moment, where redirects pass, too. */
  attach(agent: Dispatcher): Dispatcher {
    return agent.compose((dispatch) => (request, handler) => {
      const url = new URL(request.path, String(request.origin))
      const headers = this.headersFor(url, { ...(request.headers as Record<string, string>) })
      return dispatch({ ...request, headers }, this.#hidingHandler(handler))
    })
  }

  /** The same answer without the values. @throws PluggramError when one is inside something compressed */
  async hideIn(response: Response): Promise<Response> {
    this.#readAll()
    if (this.#known.size === 0) return response
    const body = Buffer.from(await response.arrayBuffer())
    const headers = [...response.headers].map(([name, value]): [string, string] => [name, this.#hide(value)])
    const hidden = await this.#hideBytes(body, new URL(response.url || 'http://unknown').host)
    return toResponse({
      url: this.#hide(response.url),
      status: response.status,
      statusText: this.#hide(response.statusText),
      redirected: response.redirected,
      headers: hidden === body ? headers : headers.filter(([name]) => name !== 'content-length'),
      body: hidden,
    })
  }

  #hidingHandler(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
    const hide = (headers: Record<string, string | string[] | undefined>): typeof headers =>
      Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.map((item) => this.#hide(item)) : value && this.#hide(value),
        ]),
      )
    return {
      onRequestStart: (...given) => handler.onRequestStart?.(...given),
      onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
      onResponseStart: (controller, status, headers, statusText) => {
        // a Location with the value in it would carry it to another host
        const raw = controller as { rawHeaders?: readonly (Buffer | string)[] | null }
        if (Array.isArray(raw.rawHeaders)) {
          raw.rawHeaders = raw.rawHeaders.map((item: Buffer | string) =>
            typeof item === 'string'
              ? this.#hide(item)
              : Buffer.from(this.#hide(item.toString('latin1')), 'latin1'),
          )
        }
        return handler.onResponseStart?.(controller, status, hide(headers), statusText)
      },
      onResponseData: (...given) => handler.onResponseData?.(...given),
      onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
      onResponseError: (...given) => handler.onResponseError?.(...given),
    }
  }

  #format(value: string, scheme: string | undefined): string {
    if (scheme === undefined || value.toLowerCase().startsWith(`${scheme.toLowerCase()} `)) return value
    const isPair = scheme.toLowerCase() === 'basic' && value.includes(':')
    const shown = isPair ? Buffer.from(value).toString('base64') : value
    this.#keep(shown)
    return `${scheme} ${shown}`
  }

  #read(name: string): string | undefined {
    const value = this.#valueFor(name)
    if (value === undefined) return undefined
    // a header takes nothing else
    if (!/^[\t\x20-\x7e]+$/.test(value)) {
      throw new PluggramError(
        'network-failed',
        `The credential ${name} has characters that no header takes. Its owner has to set it again.`,
      )
    }
    this.#keep(value)
    // a user's password counts by itself, too
    const password = value.slice(value.indexOf(':') + 1)
    if (password.length >= 8) this.#keep(password)
    return value
  }

  #readAll(): void {
    for (const { name } of this.#rules) this.#read(name)
  }

  #keep(value: string): void {
    if (this.#known.has(value)) return
    this.#known.add(value)
    this.#secrets.add(value)
  }

  #hide(text: string): string {
    return this.#secrets.hide(text)
  }

  async #hideBytes(body: Buffer<ArrayBuffer>, host: string): Promise<Buffer<ArrayBuffer>> {
    if (await this.#isPackedInto(body)) {
      throw new PluggramError(
        'network-failed',
        `${host} sent a credential back, in something compressed. The answer is not passed on.`,
      )
    }
    const byBytes = this.#hideAs(body, 'latin1')
    const byWords = this.#hideAs(byBytes, 'utf8')
    return this.#hideAs(byWords, 'utf16le')
  }

  /** Only a text that survives the way there and back is changed. */
  #hideAs(body: Buffer<ArrayBuffer>, encoding: 'latin1' | 'utf8' | 'utf16le'): Buffer<ArrayBuffer> {
    if (encoding === 'utf16le' && !body.includes(0)) return body
    const text = body.toString(encoding)
    const hidden = this.#hide(text)
    if (hidden === text) return body
    return encoding === 'latin1' || Buffer.from(text, encoding).equals(body)
      ? Buffer.from(hidden, encoding)
      : body
  }

  async #isPackedInto(body: Buffer): Promise<boolean> {
    const form = PACKED.find(({ magic }) => magic.every((byte, index) => body[index] === byte))
    if (!form) return false
    const unpacked = await form.unpack(body, { maxOutputLength: MAX_UNPACKED_BYTES }).catch(() => undefined)
    const text = unpacked?.toString('latin1')
    return text !== undefined && this.#hide(text) !== text
  }
}

/** Whether an address is at exactly that host and port, over https or on this machine. */
export function isAtHost(host: string, url: URL): boolean {
  const { name = '', port = '' } = /^(?<name>.*?)(?::(?<port>\d+))?$/.exec(host)?.groups ?? {}
  if (url.username !== '' || url.password !== '' || url.hostname !== name) return false
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(name))) return false
  const standard = url.protocol === 'https:' ? '443' : '80'
  return (port || standard) === (url.port || standard)
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || (isIP(name) === 4 && name.startsWith('127.'))
}
