import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

/** Programs that must not outlive the assistant, however it ends. */
const alive = new Set<ChildProcess>()

function killAll(): void {
  for (const child of alive) kill(child, 'SIGKILL')
}

/** Takes care that a program, which leads its own group, ends with the assistant. */
export function tieToAssistant(child: ChildProcess): void {
  if (alive.size === 0) process.on('exit', killAll)
  alive.add(child)
  child.once('exit', () => {
    // what it started itself may still run
    kill(child, 'SIGKILL')
    alive.delete(child)
    if (alive.size === 0) process.off('exit', killAll)
  })
}

/** Asks a program and all that it started to end, and makes them. */
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
    // a negative number is a group; Windows has none
    if (process.platform === 'win32') child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch {
    // it is gone already
  }
}
