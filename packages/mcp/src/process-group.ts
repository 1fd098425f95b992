import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

/** Programs that must not outlive the assistant, however it exits. */
const alive = new Set<ChildProcess>()

function killAll(): void {
  for (const child of alive) kill(child, 'SIGKILL')
}

/**
 * Makes sure that a program, which leads its own process group, is killed when the assistant exits.
 */
export function tieToAssistant(child: ChildProcess): void {
  if (alive.size === 0) process.on('exit', killAll)
  alive.add(child)
  child.once('exit', () => {
    // its child processes may still be running
    kill(child, 'SIGKILL')
    alive.delete(child)
    if (alive.size === 0) process.off('exit', killAll)
  })
}

/** Terminates a process group: asks first, then kills. */
export async function endGroup(child: ChildProcess, patienceMs: number): Promise<void> {
  const gone = (): boolean => child.exitCode !== null || child.signalCode !== null
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  if (gone()) return
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const controller = new AbortController()
    await Promise.race([ended, sleep(patienceMs, undefined, { signal: controller.signal }).catch(() => {})])
    controller.abort()
    if (gone()) return
    kill(child, signal)
  }
  await ended
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    // a negative id means a process group; Windows has none
    if (process.platform === 'win32') child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch {
    // already exited
  }
}
