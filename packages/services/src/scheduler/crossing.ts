import { ScheduleError } from '@pluggram/sdk'
import type { ScheduleHandler, ScheduleInfo, SchedulerService } from '@pluggram/sdk'
import { addSchedule, SchedulerClient } from '@pluggram/sdk/runtime'
import type { ScheduleChange, SchedulerBackend, ScheduleRequest } from '@pluggram/sdk/runtime'
import type { Answer, Crossing, HostLink, PluginLink } from '../crossing/links.ts'

/** The host stores the schedules; their functions stay in the process and have numbers. */
export const schedulerCrossing: Crossing<SchedulerService> = {
  plugin: (link) =>
    new SchedulerClient(new RemoteSchedules(link), (error) => link.report(error, 'adding a schedule')),
  host: serveScheduler,
}

const CHANGES = { cancel: 'cancel', pause: 'pause', resume: 'resume', 'run-now': 'runNow' } as const

class RemoteSchedules implements SchedulerBackend {
  readonly #link: PluginLink
  readonly #disposers = new Map<string, () => Promise<void>>()

  constructor(link: PluginLink) {
    this.#link = link
  }

  async add(request: ScheduleRequest, handler: ScheduleHandler | undefined): Promise<string> {
    const number = handler ? this.#link.keep(handler) : 0
    try {
      const name = String(await this.#link.call('add', [number, request]))
      if (handler) await this.#keep(name, number)
      return name
    } catch (error) {
      this.#link.release(number)
      throw error
    }
  }

  async change(name: string, change: ScheduleChange): Promise<boolean> {
    const isDone = (await this.#link.call(CHANGES[change], [name])) === true
    if (change === 'cancel') await this.#disposers.get(name)?.()
    return isDone
  }

  async list(): Promise<readonly ScheduleInfo[]> {
    return (await this.#link.call('list', [])) as ScheduleInfo[]
  }

  /** Adds an effect, which keeps the process alive and shows the owner why. */
  async #keep(name: string, handler: number): Promise<void> {
    await this.#disposers.get(name)?.()
    const dispose = this.#link.effects.add(`schedule ${name}`, () => {
      this.#link.release(handler)
      this.#disposers.delete(name)
    })
    this.#disposers.set(name, dispose)
  }
}

function serveScheduler(scheduler: SchedulerService, link: HostLink): Readonly<Record<string, Answer>> {
  const change = (method: (typeof CHANGES)[keyof typeof CHANGES]): [string, Answer] => [
    method,
    // the service validates the name
    ([name]) => scheduler[method](name as string),
  ]
  return {
    ...Object.fromEntries(Object.values(CHANGES).map(change)),
    list: () => scheduler.list(),
    add([handler, request]) {
      const { times, options, task } = Object(request) as Partial<ScheduleRequest>
      if (typeof handler !== 'number' || !isRecord(times)) {
        throw new ScheduleError('A schedule of a wrong shape was asked for.')
      }
      const whole = { times, options: isRecord(options) ? options : {}, task }
      return addSchedule(scheduler, whole, (run) => link.runSchedule(handler, run))
    },
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
