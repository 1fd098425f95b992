import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createProxies } from '@pluggram/base'
import type { HttpService } from '@pluggram/sdk'
import { inToolCall } from '@pluggram/services/plugin-side'
import { createGuardedHttp } from './guarded-http.ts'
import { isPublicAddress } from './public-address.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

/** @param host the address to listen on; `0.0.0.0` means every address of this machine */
async function serve(listener: RequestListener, host = '127.0.0.1'): Promise<number> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  cleanups.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(resolve)
      }),
  )
  return (server.address() as AddressInfo).port
}

/** @param addresses what names resolve to, instead of the machine's resolver */
function client(
  network: readonly string[],
  refused: string[] = [],
  addresses: Readonly<Record<string, readonly string[]>> = {},
): HttpService {
  return createGuardedHttp({
    plugin: 'weather',
    permissions: { network },
    onRefused: (message) => refused.push(message),
    onOpen: (close) => cleanups.push(close),
    retryDelay: () => 1,
    ...(Object.keys(addresses).length > 0 && {
      lookupAll(hostname, _options, callback) {
        const found = addresses[hostname] ?? []
        callback(
          null,
          found.map((address) => ({ address, family: 4 })),
        )
      },
    }),
  })
}

describe('addresses', () => {
  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:0:10.0.0.1',
    '::127.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::a00:1',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    'not an address',
  ])('%s is not on the public internet', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  test.each([
    '1.1.1.1',
    '149.154.167.220',
    '172.32.0.1',
    '2606:4700::1111',
    '2a00:1450:4001::200e',
    '::ffff:1.1.1.1',
    '64:ff9b::1.1.1.1',
    '2002:101:101::',
  ])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })
})

describe('what was not granted', () => {
  test.each([
    ['another host', ['api.example.com'], 'https://example.com/'],
    ['the bare domain of a wildcard', ['*.example.com'], 'https://example.com/'],
    ['a host that ends like a granted one', ['example.com'], 'https://evil-example.com/'],
    ['a host that only begins like one', ['*.example.com', 'example.com'], 'https://api.example.com.evil/'],
    ['loopback', ['api.example.com'], 'http://127.0.0.1/'],
    ['loopback as one number', ['api.example.com'], 'http://2130706433/'],
    ['loopback in octal', ['api.example.com'], 'http://0177.0.0.1/'],
    ['loopback in IPv6', ['api.example.com'], 'http://[::1]/'],
    ['a mapped address', ['api.example.com'], 'http://[::ffff:169.254.169.254]/'],
  ])('%s is refused before anything is sent', async (_title, network, url) => {
    const refused: string[] = []
    await expect(client(network, refused).fetch(url)).rejects.toMatchObject({
      code: 'permission-missing',
      message: expect.stringContaining('weather'),
    })
    expect(refused).toHaveLength(1)
  })

  test.each(['rebind.example', '*.example', '*'])(
    'a name that leads into the own network is refused when it connects, though %s is granted',
    async (granted) => {
      let wasReached = false
      const port = await serve((_request, response) => {
        wasReached = true
        response.end('inside')
      })
      const refused: string[] = []
      const http = client([granted], refused, { 'rebind.example': ['127.0.0.1'] })
      await expect(http.fetch(`http://rebind.example:${port}/`)).rejects.toMatchObject({
        code: 'permission-missing',
        message: expect.stringContaining('it leads to 127.0.0.1'),
      })
      expect(refused).toHaveLength(1)
      expect(wasReached).toBe(false)
    },
  )

  test('a name with a public and a private address is refused: it is not to be trusted', async () => {
    const http = client(['*'], [], { 'mixed.example': ['1.1.1.1', '10.0.0.1'] })
    await expect(http.fetch('http://mixed.example/')).rejects.toMatchObject({
      code: 'permission-missing',
      message: expect.stringContaining('it leads to 10.0.0.1'),
    })
  })

  test('the whole internet is not the own network', async () => {
    const port = await serve((_request, response) => response.end('inside'))
    const spellings = ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]']
    const others = ['2130706433', '0x7f000001', '0177.0.0.1', '127.1', '[64:ff9b::7f00:1]', 'localhost.']
    for (const host of [...spellings, ...others]) {
      await expect(client(['*']).fetch(`http://${host}:${port}/`)).rejects.toMatchObject({
        code: expect.stringMatching(/permission-missing|network-failed/),
      })
    }
    await expect(client(['*']).fetch('http://169.254.169.254/')).rejects.toMatchObject({
      code: 'permission-missing',
    })
    expect((await client(['*', '127.0.0.1']).fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
  })

  describe('a redirect', () => {
    /** Two servers: the first is granted, and redirects to the second at `location`. */
    async function redirecting(location: (port: number) => string) {
      const reached: string[] = []
      const inner = await serve((request, response) => {
        reached.push(request.headers.host ?? '')
        response.end('secret')
      }, '0.0.0.0')
      const outer = await serve((_request, response) => {
        response.writeHead(302, { location: location(inner) }).end()
      })
      return { url: `http://127.0.0.1:${outer}/`, reached }
    }

    test('to a host that was not granted is refused', async () => {
      const { url, reached } = await redirecting((port) => `http://localhost:${port}/`)
      await expect(client(['127.0.0.1']).fetch(url)).rejects.toMatchObject({
        code: 'permission-missing',
        message: expect.stringContaining('may not reach localhost.'),
      })
      expect(reached).toEqual([])
    })

    test('to a private address in numbers is refused, though every public host is granted', async () => {
      const { url, reached } = await redirecting((port) => `http://127.0.0.2:${port}/`)
      await expect(client(['*', '127.0.0.1']).fetch(url)).rejects.toMatchObject({
        code: 'permission-missing',
        message: expect.stringContaining('it leads to 127.0.0.2'),
      })
      expect(reached).toEqual([])
      // when the address is granted, the same redirect is followed
      expect(await (await client(['127.0.0.1', '127.0.0.2']).fetch(url)).text()).toBe('secret')
    })

    test('to a granted name that leads into the own network is refused when it connects', async () => {
      const { url, reached } = await redirecting((port) => `http://inside.example:${port}/`)
      const http = client(['127.0.0.1', 'inside.example'], [], { 'inside.example': ['127.0.0.1'] })
      await expect(http.fetch(url)).rejects.toMatchObject({
        code: 'permission-missing',
        message: expect.stringContaining('it leads to 127.0.0.1'),
      })
      expect(reached).toEqual([])
    })
  })
})

describe('what was granted', () => {
  test('answers as fetch does', async () => {
    const port = await serve(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      response.setHeader('x-method', request.method ?? '')
      response.end(JSON.stringify({ body, type: request.headers['content-type'] }))
    })
    const response = await client(['localhost']).fetch(`http://localhost:${port}/a?b=1`, {
      method: 'POST',
      headers: { 'content-type': 'text/x-mine' },
      body: 'hello',
    })
    expect(response.ok).toBe(true)
    expect(response.url).toBe(`http://localhost:${port}/a?b=1`)
    expect(response.headers.get('x-method')).toBe('POST')
    expect(await response.json()).toEqual({ body: 'hello', type: 'text/x-mine' })
  })

  test('is asked again when it is overloaded, unless asking twice could do harm', async () => {
    let count = 0
    const port = await serve((_request, response) => {
      count += 1
      response.statusCode = count % 3 === 0 ? 200 : 503
      response.end()
    })
    const http = client(['127.0.0.1'])
    expect((await http.fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
    expect(count).toBe(3)
    expect((await http.fetch(`http://127.0.0.1:${port}/`, { method: 'POST' })).status).toBe(503)
    expect(count).toBe(4)
  })

  test('is not read without an end', async () => {
    const port = await serve((_request, response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(2_000_000)), 1)
      response.on('close', () => clearInterval(timer))
    })
    await expect(client(['127.0.0.1']).fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'network-failed',
      message: expect.stringContaining('more than 20 MB'),
    })
  })

  test('ends with the signal of its caller', async () => {
    const port = await serve(() => {})
    const signal = AbortSignal.timeout(50)
    const answer = client(['127.0.0.1']).fetch(`http://127.0.0.1:${port}/`, { signal })
    await expect(answer).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('that does not answer is named without its address', async () => {
    const port = await serve(() => {})
    await cleanups.pop()?.()
    const answer = client(['127.0.0.1']).fetch(`http://127.0.0.1:${port}/?key=secret`)
    await expect(answer).rejects.toMatchObject({
      code: 'network-failed',
      message: expect.stringMatching(/^127\.0\.0\.1 did not answer: ECONNREFUSED\.$/),
    })
  })
})

describe('in a tool call', () => {
  const judge = (may: (path: string, from?: string) => boolean) => {
    const asked: string[] = []
    const mayReach = (url: URL, from?: URL): boolean => {
      asked.push(`${from ? `${from.pathname} > ` : ''}${url.pathname}${url.search}`)
      return may(url.pathname, from?.pathname)
    }
    return { asked, mayReach }
  }

  test('an address is judged before it is asked for, and so is where it redirects to', async () => {
    const seen: string[] = []
    const port = await serve((request, response) => {
      seen.push(request.url ?? '')
      if (request.url !== '/from') return response.end('ok')
      return response.writeHead(302, { location: '/to?d=4711' }).end()
    })
    const http = client(['*', '127.0.0.1'])
    const at = (path: string): string => `http://127.0.0.1:${port}${path}`

    const all = judge(() => true)
    expect(await (await inToolCall(all, () => http.fetch(at('/from')))).text()).toBe('ok')
    expect(all.asked).toEqual(['/from', '/from > /to?d=4711'])

    const some = judge((path) => path === '/from')
    await expect(inToolCall(some, () => http.fetch(at('/from')))).rejects.toThrow(/nobody wrote in the chat/)
    await expect(inToolCall(some, () => http.fetch(at('/x?d=4711')))).rejects.toMatchObject({
      code: 'permission-missing',
    })
    expect(seen).toEqual(['/from', '/to?d=4711', '/from'])
  })

  test('hosts that the owner named may be asked anything', async () => {
    const port = await serve((_request, response) => response.end('ok'))
    const { asked, mayReach } = judge(() => false)
    const response = await inToolCall({ mayReach }, () =>
      client(['127.0.0.1']).fetch(`http://127.0.0.1:${port}/?q=words`),
    )
    expect(await response.text()).toBe('ok')
    expect(asked).toEqual([])
  })
})

describe('behind a proxy', () => {
  /** A proxy that connects whatever it is asked for to a server of this machine. */
  async function startProxy(target: number): Promise<{ port: number; asked: string[] }> {
    const asked: string[] = []
    const server = createServer()
    server.on('connect', (request, socket) => {
      asked.push(request.url ?? '')
      const behind = connect(target, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.pipe(behind).pipe(socket)
      })
      behind.on('error', () => socket.destroy())
      socket.on('error', () => behind.destroy())
      cleanups.push(async () => behind.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    cleanups.push(async () => server.close())
    return { port: (server.address() as AddressInfo).port, asked }
  }

  function clientBehind(port: number, network: readonly string[]): HttpService {
    return createGuardedHttp({
      plugin: 'weather',
      permissions: { network },
      onRefused: () => {},
      onOpen: (close) => cleanups.push(close),
      retryDelay: () => 1,
      proxyFor: createProxies({ allProxy: `http://127.0.0.1:${port}` }),
      lookupAll(hostname, _options, callback) {
        const address = hostname === 'inward.example' ? '10.0.0.7' : '93.184.215.14'
        callback(null, [{ address, family: 4 }])
      },
    })
  }

  test('the proxy is given the address that was checked, never a name', async () => {
    const site = await serve((request, response) => response.end(`for ${request.headers.host}`))
    const proxy = await startProxy(site)
    const http = clientBehind(proxy.port, ['*'])
    expect(await (await http.fetch('http://weather.example/')).text()).toBe('for weather.example')
    expect(proxy.asked).toEqual(['93.184.215.14:80'])
  })

  test('a private address, by name, number or redirect, is refused before the proxy is asked', async () => {
    const site = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://inward.example/' }).end(),
    )
    const proxy = await startProxy(site)
    const http = clientBehind(proxy.port, ['*'])
    for (const url of ['http://inward.example/', 'http://169.254.169.254/', 'http://weather.example/']) {
      await expect(http.fetch(url)).rejects.toMatchObject({ code: 'permission-missing' })
    }
    expect(proxy.asked).toEqual(['93.184.215.14:80'])
  })

  test('a proxy that is down is named', async () => {
    await expect(clientBehind(1, ['*']).fetch('http://weather.example/')).rejects.toThrow(
      'weather.example did not answer: proxy 127.0.0.1:1 cannot be reached (ECONNREFUSED).',
    )
  })
})
