import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'
import { connectBehind, createProxiedConnect } from '@pluggram/base'
import type { ProxyAddress } from '@pluggram/base'
import { Agent, buildConnector } from 'undici'

/** An agent of node:http for uploads, whose connections go through the proxy if there is one by then. */
export function createUploadAgent(apiRoot: string, proxy: () => ProxyAddress | undefined): HttpAgent {
  const { protocol } = new URL(apiRoot)
  const agent =
    protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
  const connectDirectly = agent.createConnection.bind(agent)
  agent.createConnection = (options, answer): Duplex | null | undefined => {
    const through = proxy()
    if (!through) return connectDirectly(options, answer)
    const { host, port } = options
    connectBehind(through, { protocol, hostname: host ?? '', port: String(port ?? '') }).then(
      (socket) => answer?.(null, socket),
      (error: Error) => answer?.(error, undefined as never),
    )
    return undefined
  }
  return agent
}

/** A `fetch` for downloads, through the proxy if there is one. */
export function createFileFetch(
  proxy: () => ProxyAddress | undefined,
  signal: AbortSignal | undefined,
): typeof globalThis.fetch {
  let dispatcher: Agent | undefined
  signal?.addEventListener('abort', () => void dispatcher?.destroy(), { once: true })
  return (input, init) => {
    if (!proxy()) return fetch(input, init)
    dispatcher ??= new Agent({ connect: createProxiedConnect(proxy, buildConnector({})) })
    return fetch(input, Object.assign({ dispatcher }, init))
  }
}
