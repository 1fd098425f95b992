import { createServer } from 'node:http'
import net from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface RunningProxy {
  /** `127.0.0.1:port` */
  readonly name: string
  /** What was asked for: `host:port`. */
  readonly asked: readonly string[]
  close(): void
}

/**
 * A proxy on this machine that connects every host it is asked for to this machine.
 * @param user `name:password` that it wants
 * @param ports where what is asked for is on this machine, by `host:port`; default the same port
 */
export async function startProxy(
  user?: string,
  ports: Readonly<Record<string, number>> = {},
): Promise<RunningProxy> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((_request, response) => response.writeHead(400).end())
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  server.on('connect', (request, socket, head) => {
    const wanted = user === undefined ? undefined : `Basic ${Buffer.from(user).toString('base64')}`
    if (request.headers['proxy-authorization'] !== wanted) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
      return
    }
    const authority = request.url ?? ''
    asked.push(authority)
    const target = net.connect(ports[authority] ?? Number(authority.split(':').at(-1)), '127.0.0.1')
    target.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      target.write(head)
      socket.pipe(target).pipe(socket)
    })
    target.on('error', () => socket.destroy())
    socket.on('error', () => target.destroy())
    socket.on('close', () => target.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    name: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
