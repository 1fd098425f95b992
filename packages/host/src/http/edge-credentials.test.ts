import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import type { CredentialDefinition, HttpService } from '@pluggram/sdk'
import { withCredentials } from '../start/credential-schema.ts'
import { EdgeCredentials } from './edge-credentials.ts'
import { createGuardedHttp } from './guarded-http.ts'

const VALUE = 'ghp_Edge7Qw9Zx3Kd5Lm8Tr2'
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

type Listener = (request: IncomingMessage, response: ServerResponse) => void

async function serve(listener: Listener): Promise<number> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => new Promise((resolve) => server.close(resolve)))
  return (server.address() as AddressInfo).port
}

interface Setup {
  readonly definition?: Partial<CredentialDefinition>
  readonly network?: readonly string[]
  readonly isGranted?: boolean
  readonly valueFor?: () => string | undefined
}

function edgeOf(
  { definition = {}, isGranted = true, valueFor = () => VALUE }: Setup,
  hosts: readonly string[],
) {
  const definitions = { github: { hosts, reason: 'reads issues', ...definition } }
  const granted = isGranted ? withCredentials({}, definitions)?.credentials : []
  return new EdgeCredentials({ definitions, granted, valueFor })
}

/** A client with a credential for these ports of this machine. */
function client(ports: readonly number[], setup: Setup = {}): HttpService {
  const hosts = ports.map((port) => `127.0.0.1:${port}`)
  return createGuardedHttp({
    plugin: 'issues',
    permissions: { network: ['127.0.0.1', 'localhost', ...(setup.network ?? [])] },
    credentials: edgeOf(setup, hosts),
    onRefused() {},
    onOpen: (close) => cleanups.push(close),
    retryDelay: () => 1,
  })
}

describe('a request gets the credential', () => {
  test.each([
    ['after Bearer', {}, VALUE, ['authorization', `Bearer ${VALUE}`]],
    ['after Bearer only once', {}, `Bearer ${VALUE}`, ['authorization', `Bearer ${VALUE}`]],
    ['after a scheme of its own', { scheme: 'token' }, VALUE, ['authorization', `token ${VALUE}`]],
    ['alone in another header', { header: 'x-api-key' }, VALUE, ['x-api-key', VALUE]],
    [
      'as user and password',
      { scheme: 'Basic' },
      `bot:${VALUE}`,
      ['authorization', `Basic ${btoa(`bot:${VALUE}`)}`],
    ],
  ])('%s', async (_, definition, value, [header = '', expected]) => {
    const seen: IncomingMessage['headers'][] = []
    const port = await serve((request, response) => {
      seen.push(request.headers)
      response.end('ok')
    })
    const http = client([port], { definition, valueFor: () => value })
    await http.fetch(`http://127.0.0.1:${port}/`, { headers: { authorization: 'own', host: 'evil.example' } })
    expect(seen[0]?.[header]).toBe(expected)
    expect(seen[0]?.host).toBe(`127.0.0.1:${port}`)
  })

  test('as it is now, and none when the owner set none or granted none', async () => {
    const seen: (string | undefined)[] = []
    const port = await serve(({ headers }, response) => {
      seen.push(headers.authorization)
      response.end('ok')
    })
    let value: string | undefined = VALUE
    const http = client([port], { valueFor: () => value })
    for (const next of [VALUE, 'another-value-42', undefined]) {
      value = next
      await http.fetch(`http://127.0.0.1:${port}/`)
    }
    await client([port], { isGranted: false }).fetch(`http://127.0.0.1:${port}/`)
    expect(seen).toEqual([`Bearer ${VALUE}`, 'Bearer another-value-42', undefined, undefined])
  })
})

describe('only the named host gets it', () => {
  const edge = edgeOf({}, ['api.github.com', 'localhost:8080', '[::1]:8081'])
  test.each([
    ['https://api.github.com/x', true],
    ['https://api.github.com:443/x', true],
    ['https://API.GITHUB.COM/x', true],
    ['http://localhost:8080/', true],
    ['https://localhost:8080/', true],
    ['http://[::1]:8081/', true],
    ['http://api.github.com/x', false],
    ['https://api.github.com:8443/x', false],
    ['https://api.github.com./x', false],
    ['https://api.github.com.evil.example/', false],
    ['https://evil-api.github.com/', false],
    ['https://github.com/', false],
    ['https://x.api.github.com/', false],
    ['https://api.github.com@evil.example/', false],
    ['https://evil.example/https://api.github.com/', false],
    ['https://evil.example#@api.github.com/', false],
    ['https://evil.example\\@api.github.com/', false],
    ['https://аpi.github.com/', false],
    ['https://api。github。com.evil.example/', false],
    ['https://user:pass@api.github.com/', false],
    ['http://localhost:8081/', false],
    ['http://localhost/', false],
    ['http://127.0.0.1:8080/', false],
    ['wss://api.github.com/', false],
  ])('%s: %s', (url, isCovered) => {
    expect(edge.covers(new URL(url))).toBe(isCovered)
  })

  test('not another one to which it redirects, though the first one gets it again', async () => {
    const seen: [string, string | undefined][] = []
    const other = await serve(({ headers }, response) => {
      seen.push(['other', headers['x-key'] as string | undefined])
      response.writeHead(302, { location: `http://127.0.0.1:${port}/back` }).end()
    })
    const port = await serve(({ headers, url }, response) => {
      seen.push([url ?? '', headers['x-key'] as string | undefined])
      if (url === '/back') response.end('ok')
      else
        response
          .writeHead(307, { location: `http://127.0.0.1:${other}/?stolen=${String(headers['x-key'])}` })
          .end()
    })
    const http = client([port], { definition: { header: 'x-key' } })
    const response = await http.fetch(`http://127.0.0.1:${port}/go`)
    expect(await response.text()).toBe('ok')
    expect(seen).toEqual([
      ['/go', VALUE],
      ['other', undefined],
      ['/back', VALUE],
    ])
  })

  test('and the address of a redirect does not carry it away', async () => {
    const urls: string[] = []
    const other = await serve(({ url }, response) => {
      urls.push(url ?? '')
      response.end('ok')
    })
    const port = await serve(({ headers }, response) => {
      const stolen = encodeURIComponent(String(headers['x-key']))
      response
        .writeHead(302, { location: `http://127.0.0.1:${other}/?stolen=${stolen}&b=${btoa(stolen)}` })
        .end()
    })
    const response = await client([port], { definition: { header: 'x-key' } }).fetch(
      `http://127.0.0.1:${port}/`,
    )
    expect(urls.join()).toContain('stolen=')
    expect(decodeURIComponent(urls.join() + response.url)).not.toMatch(/Edge7Qw9|RWRnZTdR/)
  })
})

describe('an answer that repeats it comes without it', () => {
  const half = VALUE.length / 2
  const forms: [string, string | Buffer | readonly string[], Record<string, string>?][] = [
    ['plain', `you sent ${VALUE}`],
    ['split over chunks', [`you sent ${VALUE.slice(0, half)}`, `${VALUE.slice(half)}!`]],
    ['in Base64 at any offset', ['', 'x', 'xy'].map((before) => btoa(`${before}${VALUE} and more`))],
    ['in Base64 for addresses', Buffer.from(`?${VALUE}`).toString('base64url')],
    ['in hexadecimal', Buffer.from(VALUE).toString('hex')],
    ['in upper hexadecimal', Buffer.from(VALUE).toString('hex').toUpperCase()],
    ['in percent encoding', [...VALUE].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('')],
    ['in escapes of JSON', [...VALUE].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('')],
    ['in entities of HTML', [...VALUE].map((letter) => `&#${letter.charCodeAt(0)};`).join('')],
    ['compressed by the connection', gzipSync(`{"echo":"${VALUE}"}`), { 'content-encoding': 'gzip' }],
    ['in UTF-16', Buffer.from(`echo ${VALUE}`, 'utf16le')],
    ['amid bytes that are no text', Buffer.concat([Buffer.from([0xff, 0xfe, 0x80]), Buffer.from(VALUE)])],
    ['in headers', 'nothing', { 'x-echo': `Bearer ${VALUE}`, 'set-cookie': `t=${btoa(VALUE)}` }],
  ]
  test.each(forms)('%s', async (_, body, headers = {}) => {
    const port = await serve(async (_request, response) => {
      response.writeHead(200, headers)
      for (const part of Array.isArray(body) ? (body as string[]) : [body as string | Buffer]) {
        response.write(part)
        await new Promise((resolve) => setImmediate(resolve))
      }
      response.end()
    })
    const response = await client([port]).fetch(`http://127.0.0.1:${port}/`)
    const bytes = Buffer.from(await response.arrayBuffer())
    const seen = [
      bytes.toString('latin1'),
      bytes.toString('utf16le'),
      JSON.stringify([...response.headers]),
    ].join('\n')
    expect(seen).toContain('[secret]')
    expect(unravel(seen)).not.toMatch(/Edge7Qw9|x3Kd5Lm|RWRnZTdR|ZGdlN1F3|FZGdlN1|45646765375177/i)
  })

  test.each([
    ['gzip', gzipSync],
    ['zlib', deflateSync],
    ['zstd', zstdCompressSync],
  ])('is refused when it is inside a file of %s', async (_, pack) => {
    const port = await serve((_request, response) => void response.end(pack(`{"echo":"${VALUE}"}`)))
    await expect(client([port]).fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow(/sent a credential back/)
  })

  test('and one without it arrives byte by byte', async () => {
    const body = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7) % 256))
    const port = await serve((_request, response) => void response.end(body))
    const response = await client([port]).fetch(`http://127.0.0.1:${port}/`)
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true)
    expect(response.headers.get('content-length')).toBe('5000')
  })

  test('also in what went before, after it was replaced', async () => {
    const port = await serve((_request, response) => void response.end(`old ${VALUE}`))
    let value = VALUE
    const http = client([port], { valueFor: () => value })
    await http.fetch(`http://127.0.0.1:${port}/`)
    value = 'another-value-42'
    expect(await (await http.fetch(`http://127.0.0.1:${port}/`)).text()).toBe('old [secret]')
  })
})

test('errors name the host and nothing else', async () => {
  const port = await serve((request) => void request.socket.end(`HTTP/1.1 bad ${VALUE}\r\n\r\n`))
  const error = await client([port])
    .fetch(`http://127.0.0.1:${port}/`)
    .catch((thrown: unknown) => thrown as Error)
  expect(error).toMatchObject({ code: 'network-failed' })
  expect((error as Error).cause).toBeUndefined()
  expect(String((error as Error).stack)).not.toContain(VALUE)
})

/** What somebody who wants it makes of a text. */
function unravel(text: string): string {
  return text
    .replaceAll(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll(/\\\\?u00([0-9a-f]{2})/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
}
