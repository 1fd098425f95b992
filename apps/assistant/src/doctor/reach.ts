import { lookup } from 'node:dns/promises'
import { connect, isIP } from 'node:net'
import { createProxies, parseProxyAddress, withinTime } from '@pluggram/base'
import type { ProxyAddress } from '@pluggram/base'
import type { AssistantSettings } from '@pluggram/config'
import { problem } from './problem.ts'
import type { Problem } from './problem.ts'

/** Names and proxies come first: what depends on them has only 5 s as well. */
const LIMIT_MS = 2_000

/** Which of the servers that the configuration names can be reached at all. */
export interface Reach {
  /** Names that cannot be looked up, and proxies that cannot be used. */
  readonly problems: Promise<readonly Problem[]>
  /** False when its name or its proxy is the problem: then it says nothing to ask it. */
  mayAsk(url: URL): Promise<boolean>
  /** The proxy to it. */
  proxyFor(url: URL): ProxyAddress | undefined
}

/** Looks up the names of the servers and tries the proxies, side by side. */
export function examineReach(settings: AssistantSettings, urls: readonly URL[], isOffline: boolean): Reach {
  const general = createProxies(settings.network)
  const own = settings.telegram.proxy === undefined ? undefined : parseProxyAddress(settings.telegram.proxy)
  const [telegram] = urls
  const proxyFor = (url: URL): ProxyAddress | undefined =>
    own && url.href === telegram?.href ? own : general(url)
  const dead = new Map<string, Problem>()
  const isDone = isOffline ? Promise.resolve() : look()

  async function look(): Promise<void> {
    const hosts = new Set<string>()
    const proxies = new Map<string, ProxyAddress>()
    for (const url of urls) {
      const proxy = proxyFor(url)
      if (proxy) proxies.set(proxy.name, proxy)
      else hosts.add(url.hostname)
    }
    await Promise.all([
      ...[...hosts].map(async (host) => note(host, await nameProblem(host))),
      ...[...proxies.values()].map(async (proxy) => note(proxy.name, await proxyProblem(proxy))),
    ])
  }

  function note(key: string, found: Problem | undefined): void {
    if (found) dead.set(key, found)
  }

  return {
    proxyFor,
    problems: isDone.then(() => [...dead.values()]),
    async mayAsk(url) {
      await isDone
      return !dead.has(proxyFor(url)?.name ?? url.hostname)
    },
  }
}

async function nameProblem(host: string): Promise<Problem | undefined> {
  if (isIP(host.replaceAll(/[[\]]/g, '')) !== 0) return undefined
  const code = await withinTime(
    lookup(host).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    ),
    LIMIT_MS,
    () => `no answer within ${LIMIT_MS / 1_000} s`,
  )
  if (code === undefined) return undefined
  return problem(`network.dns:${host}`, {
    what: `The name ${host} cannot be looked up.`,
    why: code === 'ENOTFOUND' ? 'There is no such name, or no network.' : `The name server says: ${code}.`,
    fix: 'Check how the name is written, that this machine is online, and /etc/resolv.conf.',
  })
}

async function proxyProblem({ host, port, name }: ProxyAddress): Promise<Problem | undefined> {
  const reason = await new Promise<string | undefined>((resolve) => {
    const socket = connect({ host, port })
    const end = (why: string | undefined): void => {
      socket.destroy()
      resolve(why)
    }
    socket.setTimeout(LIMIT_MS, () => end(`it does not answer within ${LIMIT_MS / 1_000} s`))
    socket.once('connect', () => end(undefined))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  })
  if (reason === undefined) return undefined
  return problem(`network.proxy:${name}`, {
    what: `The proxy ${name} cannot be used, so nothing behind it can be reached.`,
    why: `Connecting to it fails: ${reason}.`,
    fix: 'Start it, or correct HTTPS_PROXY, HTTP_PROXY, ALL_PROXY or TELEGRAM_PROXY (or the block network of config.json).',
  })
}
