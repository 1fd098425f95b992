import { ScheduleError } from '@pluggram/sdk'
import type { EffectScope, ScheduledRun, ScheduleHandler, ScheduleInfo } from '@pluggram/sdk'
import type { ScheduleChange, SchedulerBackend, ScheduleRequest } from '@pluggram/sdk/runtime'
import type { Peer } from '../rpc/peer.ts'

const METHODS = { cancel: 'cancel', pause: 'pause', resume: 'resume', 'run-now': 'runNow' } as const

/** The schedules of a plugin process: the host keeps them, functions stay here. */
export class RemoteSchedules implements SchedulerBackend {
  readonly #peer: Peer
  readonly #effects: EffectScope
  readonly #handlers = new Map<number, ScheduleHandler>()
  readonly #disposers = new Map<string, () => Promise<void>>()
  #lastHandler = 0

  constructor(peer: Peer, effects: EffectScope) {
    this.#peer = peer
    this.#effects = effects
  }

  async add(request: ScheduleRequest, handler: ScheduleHandler | undefined): Promise<string> {
    this.#lastHandler += 1
    const number = this.#lastHandler
    if (handler) this.#handlers.set(number, handler)
    try {
      const name = String(await this.#peer.call('schedule', [number, request]))
      if (handler) await this.#keep(name, number)
      return name
    } catch (error) {
      this.#handlers.delete(number)
      throw error
    }
  }

  async change(name: string, change: ScheduleChange): Promise<boolean> {
    const isDone = (await this.#peer.call('service', ['scheduler', METHODS[change], name])) === true
    if (change === 'cancel') await this.#disposers.get(name)?.()
    return isDone
  }

  async list(): Promise<readonly ScheduleInfo[]> {
    return (await this.#peer.call('service', ['scheduler', 'list'])) as ScheduleInfo[]
  }

  /** Runs the function of that number. */
  async run(handler: number, run: ScheduledRun): Promise<void> {
    const work = this.#handlers.get(handler)
    if (!work) throw new ScheduleError(`The function of the schedule ${run.name} is gone.`)
    await work(run)
  }

  /** An effect keeps the process alive, and tells the owner why. */
  async #keep(name: string, handler: number): Promise<void> {
    await this.#disposers.get(name)?.()
    const dispose = this.#effects.add(`schedule ${name}`, () => {
      this.#handlers.delete(handler)
      this.#disposers.delete(name)
    })
    this.#disposers.set(name, dispose)
  }
}
