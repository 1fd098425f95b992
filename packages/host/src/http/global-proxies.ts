import { createProxiedConnect } from '@pluggram/base'
import type { ProxyFor } from '@pluggram/base'
import { Agent, buildConnector, getGlobalDispatcher, setGlobalDispatcher } from 'undici'

const CONNECT_MS = 10_000

/**
 * Makes every `fetch` of this process go through the proxies: to models, to MCP servers, for
 * downloads.
 * @returns undoes it
 */
export function installProxies(proxyFor: ProxyFor): () => Promise<void> {
  const before = getGlobalDispatcher()
  const agent = new Agent({
    connect: createProxiedConnect(proxyFor, buildConnector({ timeout: CONNECT_MS })),
  })
  setGlobalDispatcher(agent)
  return async () => {
    setGlobalDispatcher(before)
    await agent.destroy()
  }
}
