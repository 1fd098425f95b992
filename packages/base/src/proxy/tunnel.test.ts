import net from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { parseProxyAddress } from './proxy-address.ts'
import { openTunnel } from './tunnel.ts'

const open: { close(): void }[] = []
afterEach(() => {
  for (const item of open.splice(0)) item.close()
})

/** A server on this machine that speaks byte by byte. */
async function startServer(talk: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    talk(socket)
  })
  open.push({
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

function through(address: string, host = 'example.org', limitMs?: number): Promise<Socket> {
  const proxy = parseProxyAddress(address)
  if (!proxy) throw new Error('no proxy')
  return openTunnel(proxy, { host, port: 443 }, limitMs)
}

/** A proxy that answers each thing it is told with the next answer. */
function scripted(answers: readonly (string | Uint8Array)[], told: Buffer[] = []): Promise<number> {
  return startServer((socket) => {
    let next = 0
    socket.on('data', (bytes) => {
      told.push(Buffer.from(bytes))
      const answer = answers[next++]
      if (answer !== undefined) socket.write(answer)
    })
  })
}

test('a tunnel carries what comes right behind the answer', async () => {
  const told: Buffer[] = []
  const port = await scripted(['HTTP/1.1 200 OK\r\nVia: x\r\n\r\nfirst'], told)
  const socket = await through(`http://ada:s%40cret@127.0.0.1:${port}`)
  expect(told.join('')).toBe(
    `CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\nProxy-Authorization: Basic ${btoa('ada:s@cret')}\r\n\r\n`,
  )
  const [bytes] = (await Promise.race([socket.take(1).toArray(), new Promise(() => {})])) as Buffer[]
  expect(String(bytes)).toBe('first')
})

test('SOCKS 5 gets the name, or an address of either kind, and the password', async () => {
  const told: Buffer[] = []
  const done = [Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0)]
  const port = await scripted([Uint8Array.of(5, 2), Uint8Array.of(1, 0), ...done], told)
  open.push({ close: () => socket.destroy() })
  const socket = await through(`socks5://ada:secret@127.0.0.1:${port}`)
  expect(told).toEqual([
    Buffer.from([5, 2, 0, 2]),
    Buffer.from('\u0001\u0003ada\u0006secret'),
    Buffer.from([5, 1, 0, 3, 11, ...Buffer.from('example.org'), 1, 187]),
  ])
  for (const [host, bytes] of [
    ['93.184.215.14', [1, 93, 184, 215, 14]],
    ['2606:2800::1', [4, 0x26, 6, 0x28, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
  ] as const) {
    const asked: Buffer[] = []
    const plain = await scripted([Uint8Array.of(5, 0), ...done], asked)
    const tunnel = await through(`socks5://127.0.0.1:${plain}`, host)
    tunnel.destroy()
    expect(asked[1]).toEqual(Buffer.from([5, 1, 0, ...bytes, 1, 187]))
  }
})

test.each([
  ['wants a password', 'http://', ['HTTP/1.1 407 No\r\n\r\n'], 'wants a user name and a password (407)'],
  ['refuses it', 'http://a:b@', ['HTTP/1.1 407 No\r\n\r\n'], 'refused the user name or the password (407)'],
  [
    'refuses the host',
    'http://',
    ['HTTP/1.0 403 No\r\n\r\n'],
    'refused a connection to example.org:443 (403)',
  ],
  ['is no proxy', 'http://', ['SSH-2.0-OpenSSH\r\n\r\n'], 'does not answer as a proxy does'],
  ['never ends its answer', 'http://', ['x'.repeat(40_000)], 'does not answer as a proxy does'],
  ['is no SOCKS proxy', 'socks5://', ['HTTP/1.1 400\r\n\r\n'], 'does not answer as a SOCKS 5 proxy does'],
  ['wants a password by SOCKS', 'socks5://', [Uint8Array.of(5, 255)], 'wants a user name and a password'],
  [
    'refuses it by SOCKS',
    'socks5://a:b@',
    [Uint8Array.of(5, 2), Uint8Array.of(1, 1)],
    'refused the user name',
  ],
  [
    'finds no host by SOCKS',
    'socks5://',
    [Uint8Array.of(5, 0), Uint8Array.of(5, 4, 0, 1, 0, 0, 0, 0, 0, 0)],
    'cannot reach the host for example.org:443',
  ],
] as const)('a proxy that %s is named', async (_what, address, answers, words) => {
  const port = await scripted(answers)
  const [scheme, user = ''] = address.split('//')
  await expect(through(`${scheme}//${user}127.0.0.1:${port}`)).rejects.toThrow(
    `proxy 127.0.0.1:${port} ${words}`,
  )
})

test('a proxy that is silent, closes or is not there is named', async () => {
  const silent = await startServer(() => {})
  await expect(through(`127.0.0.1:${silent}`, 'x.example', 50)).rejects.toThrow(
    `proxy 127.0.0.1:${silent} did not answer within 0.05 s`,
  )
  const closing = await startServer((socket) => socket.end())
  await expect(through(`127.0.0.1:${closing}`)).rejects.toThrow(
    `proxy 127.0.0.1:${closing} closed the connection`,
  )
  await expect(through('127.0.0.1:1')).rejects.toThrow('proxy 127.0.0.1:1 cannot be reached (ECONNREFUSED)')
})
