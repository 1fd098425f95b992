/** How many of each kind of resource keep the process alive. */
export type ResourceCounts = ReadonlyMap<string, number>

export interface LeakOptions {
  /** How long closing things may take. Default 500. */
  readonly settleMilliseconds?: number
  /** Kinds that are no leak, as Node names them. */
  readonly ignore?: readonly string[]
}

/** What lasts. Requests that end by themselves (a file being read, a name being looked up) are left out. */
const LASTING = new Map([
  ['Timeout', 'timer'],
  ['TCPSocketWrap', 'TCP connection'],
  ['TCPServerWrap', 'TCP server'],
  ['TLSWrap', 'TLS connection'],
  ['UDPWrap', 'UDP socket'],
  ['PipeWrap', 'pipe'],
  ['PipeServerWrap', 'pipe server'],
  ['ProcessWrap', 'child process'],
  ['MessagePort', 'worker or message port'],
  ['FSEventWrap', 'file watcher'],
  ['StatWatcher', 'file watcher'],
  ['SignalWrap', 'signal listener'],
])

// taken now: a test may put fake timers in their place
const sleep = globalThis.setTimeout

export function countResources(): ResourceCounts {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    if (LASTING.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

/** What there is more of than in `baseline`, for example `2 × timer`; closing things get a moment to be gone. */
export async function findLeaks(
  baseline: ResourceCounts,
  { settleMilliseconds = 500, ignore = [] }: LeakOptions = {},
): Promise<readonly string[]> {
  const end = performance.now() + settleMilliseconds
  let pause = 1
  while (true) {
    const surplus = [...countResources()]
      .map(([kind, count]) => ({ kind, count: count - (baseline.get(kind) ?? 0) }))
      .filter(({ kind, count }) => count > 0 && !ignore.includes(kind))
    if (surplus.length === 0 || performance.now() > end) {
      return surplus.map(({ kind, count }) => `${count} × ${LASTING.get(kind) ?? kind}`)
    }
    await new Promise((resolve) => {
      sleep(resolve, pause)
    })
    pause = Math.min(pause * 2, 50)
  }
}
