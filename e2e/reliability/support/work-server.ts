import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Where a bot's handler reports that it works on a message. The work ends with the response. */
export interface WorkServer {
  readonly url: string
  /** How often a handler started to work on a text. */
  readonly visits: ReadonlyMap<string, number>
  /** When a handler first started to work on a text, in milliseconds since 1970. */
  firstVisit(text: string): number | undefined
  /** Changes how long the work on a message takes, in milliseconds. */
  setPace(workMs: number): void
  close(): Promise<void>
}

export interface WorkServerOptions {
  /** How long the work on a message takes at first, in milliseconds. */
  readonly workMs: number
  /** Called as soon as a handler has started. */
  readonly onVisit?: (text: string) => void
}

/** Starts the server to which handlers report. */
export async function openWorkServer({ workMs, onVisit }: WorkServerOptions): Promise<WorkServer> {
  let pace = workMs
  const visits = new Map<string, number>()
  const firstVisits = new Map<string, number>()
  const server = createServer((incoming, outgoing) => {
    let text = ''
    incoming.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    incoming.on('end', () => {
      if (!firstVisits.has(text)) firstVisits.set(text, Date.now())
      visits.set(text, (visits.get(text) ?? 0) + 1)
      onVisit?.(text)
      void sleep(pace).then(() => outgoing.end('done'))
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/work`,
    visits,
    firstVisit: (text) => firstVisits.get(text),
    setPace: (milliseconds) => {
      pace = milliseconds
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
