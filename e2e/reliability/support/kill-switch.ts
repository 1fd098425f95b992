import { setTimeout as sleep } from 'node:timers/promises'
import { endsWithin } from '@pluggram/base'
import type { DoorCall, Guard } from './door.ts'
import type { Random } from './random.ts'

/** Where a `kill -9` hits. */
export const KILL_POINTS = [
  'any moment',
  'at start',
  'before inbox commit',
  'around inbox commit',
  'after inbox commit',
  'in a plugin',
  'before a send',
  'after Telegram accepted',
] as const
export type KillPoint = (typeof KILL_POINTS)[number]

/** The longest wait for the point; after that, the program is killed wherever it is. */
const PATIENCE_MS = 5_000
/** The longest time from the arrival of updates to their commit, on an idle machine. */
const COMMIT_MS = 6

/**
 * Kills a program the moment it reaches a point. It watches both doors and is told when a handler
 * starts.
 */
export interface KillSwitch {
  /** Sees the bot's calls to Telegram. */
  readonly botGuard: Guard
  /** Sees Telegram's deliveries to the bot. */
  readonly webhookGuard: Guard
  readonly onVisit: () => void
  /** Kills the program at the point; returns the point where it was really killed. */
  kill(point: KillPoint, pid: number): Promise<KillPoint>
}

interface Armed {
  readonly point: KillPoint
  readonly pid: number
  readonly done: (point: KillPoint) => void
  readonly fail: (error: unknown) => void
}

export function createKillSwitch(random: Random): KillSwitch {
  let armed: Armed | undefined

  /** Kills at once if that is the awaited point. */
  function hit(...points: readonly KillPoint[]): boolean {
    if (!armed || !points.includes(armed.point)) return false
    const { pid, point, done, fail } = armed
    armed = undefined
    try {
      process.kill(pid, 'SIGKILL')
      done(point)
    } catch {
      fail(new Error('the program ended before it was killed'))
    }
    return true
  }

  function updatesArrived(): boolean {
    if (armed?.point === 'around inbox commit') {
      setTimeout(() => hit('around inbox commit'), random() * COMMIT_MS)
      return false
    }
    return hit('before inbox commit')
  }

  return {
    botGuard(stage, call) {
      if (call.name === 'getUpdates') {
        // the offset only advances after the commit, so the next poll reveals the commit
        if (stage === 'asked' && Number(call.params.offset) > 0 && hit('after inbox commit')) return 'drop'
        if (stage === 'passed' && hasUpdates(call)) updatesArrived()
      }
      if (call.name === 'sendMessage') {
        if (stage === 'asked' && hit('before a send')) return 'drop'
        const isAccepted = stage === 'answered' && call.answer?.status === 200
        if (isAccepted && hit('after Telegram accepted')) return 'drop'
      }
      return 'pass'
    },
    webhookGuard(stage, call) {
      if (stage === 'sent' && updatesArrived()) return 'drop'
      const isTaken = stage === 'answered' && call.answer?.status === 200
      return isTaken && hit('after inbox commit') ? 'drop' : 'pass'
    },
    onVisit: () => void hit('in a plugin'),
    async kill(point, pid) {
      const killed = new Promise<KillPoint>((done, fail) => {
        armed = { point, pid, done, fail }
      })
      if (point === 'any moment' || point === 'at start') await sleep(random() * 400)
      else await endsWithin(killed, PATIENCE_MS)
      if (armed) {
        armed = { ...armed, point: point === 'at start' ? point : 'any moment' }
        hit(armed.point)
      }
      return killed
    },
  }
}

function hasUpdates(call: DoorCall): boolean {
  const result = call.answer?.body.result
  return Array.isArray(result) && result.length > 0
}
