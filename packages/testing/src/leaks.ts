import { createHook } from 'node:async_hooks'

export interface LeakOptions {
  /** How long closing things may take. Default 500. */
  readonly settleMilliseconds?: number
  /** Kinds that are no leak, as `process.getActiveResourcesInfo()` names them. */
  readonly ignore?: readonly string[]
}

/** Watches what comes to keep the process alive. */
export interface LeakDetector {
  /** What came since and is still there, for example `2 × TCP server`; closing things get a moment to be gone. */
  leaks(options?: LeakOptions): Promise<readonly string[]>
  close(): void
}

/** Handles that last. Requests that end by themselves (a file being read, a name being looked up) are left out. */
const LASTING = new Map([
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

interface TrackedTimer {
  readonly resource: object
  readonly origin: string
}

/**
 * Handles are counted. Timers are followed one by one, since the test runner has some of its own that come and
 * go: a timer counts when the code that made it is neither the runner's nor Node's.
 */
export function createLeakDetector(): LeakDetector {
  const baseline = countHandles()
  const timers = new Map<number, TrackedTimer>()
  let isOwnTimer = false
  const hook = createHook({
    init(id, type, _trigger, resource) {
      if (type !== 'Timeout' || isOwnTimer) return
      const origin = originOf(new Error('origin').stack ?? '')
      if (origin !== undefined) timers.set(id, { resource, origin })
    },
    destroy: (id) => void timers.delete(id),
  }).enable()

  function current(ignore: readonly string[]): string[] {
    const handles = [...countHandles()]
      .map(([kind, count]) => ({ kind, count: count - (baseline.get(kind) ?? 0) }))
      .filter(({ kind, count }) => count > 0 && !ignore.includes(kind))
      .map(({ kind, count }) => `${count} × ${LASTING.get(kind) ?? kind}`)
    const active = ignore.includes('Timeout')
      ? []
      : [...timers.values()].filter(({ resource }) => isReferenced(resource))
    const places = [...new Set(active.map(({ origin }) => origin))].join(', ')
    return active.length === 0 ? handles : [...handles, `${active.length} × timer (made at ${places})`]
  }

  return {
    async leaks({ settleMilliseconds = 500, ignore = [] } = {}) {
      const end = performance.now() + settleMilliseconds
      for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
        const found = current(ignore)
        if (found.length === 0 || performance.now() > end) return found
        await new Promise((resolve) => {
          isOwnTimer = true
          sleep(resolve, pause)
          isOwnTimer = false
        })
      }
    },
    close: () => void hook.disable(),
  }
}

function countHandles(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    if (LASTING.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

/** The place that made a timer; `undefined` when that is the test runner or Node. */
function originOf(stack: string): string | undefined {
  const frames = stack.split('\n').slice(1)
  const maker = frames.find((frame) => !frame.includes('node:') && !frame.includes(' AsyncHook.init '))
  if (maker === undefined || /node_modules[/\\]@?vitest[/\\]/.test(maker)) return undefined
  const place = /(?<place>[^\s(]+):\d+\)?$/.exec(maker)?.groups?.['place'] ?? 'an unknown place'
  return place.replace('file://', '').replace(process.cwd(), '.')
}

function isReferenced(resource: object): boolean {
  return !('hasRef' in resource) || typeof resource.hasRef !== 'function' || resource.hasRef() === true
}
