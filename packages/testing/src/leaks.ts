import { createHook } from 'node:async_hooks'

export interface LeakOptions {
  /** How long things may take to close. Default 500. */
  readonly settleMilliseconds?: number
  /** Kinds that do not count as leaks, named as in `process.getActiveResourcesInfo()`. */
  readonly ignore?: readonly string[]
}

/** Detects new resources that keep the process alive. */
export interface LeakDetector {
  /**
   * New resources that still exist, for example `2 × TCP server`. Resources get a moment to close
   * first.
   */
  leaks(options?: LeakOptions): Promise<readonly string[]>
  close(): void
}

/**
 * Long-lived handles. Requests that end by themselves (reading a file, looking up a name) are left
 * out.
 */
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

// stored now, because a test may install fake timers
const sleep = globalThis.setTimeout

interface TrackedTimer {
  readonly resource: object
  readonly origin: string
}

/**
 * Handles are counted. Timers are tracked one by one, since the test runner has short-lived timers
 * of its own. A timer counts if neither the runner's code nor Node's created it.
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

/** The place that created a timer; `undefined` if that is the test runner or Node. */
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
