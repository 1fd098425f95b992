import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Where the plugins of a cell do their work. */
export interface HeldWork {
  readonly url: string
  /** The paths of all requests, with what each one sent, oldest first. */
  readonly visits: readonly { readonly path: string; readonly body: string }[]
  /** From now on, work waits until `release`. */
  hold(): void
  release(): void
  close(): Promise<void>
}

export async function openHeldWork(): Promise<HeldWork> {
  const visits: { path: string; body: string }[] = []
  let gate = Promise.withResolvers<void>()
  gate.resolve()
  const server = createServer(async (incoming, outgoing) => {
    let body = ''
    for await (const chunk of incoming.setEncoding('utf8')) body += String(chunk)
    visits.push({ path: decodeURIComponent(incoming.url ?? ''), body })
    await gate.promise
    outgoing.end('done')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    visits,
    hold() {
      gate = Promise.withResolvers<void>()
    },
    release: () => gate.resolve(),
    async close() {
      gate.resolve()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
