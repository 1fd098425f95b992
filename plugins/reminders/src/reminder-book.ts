import { DeliveryError } from '@pluggram/sdk'
import type { Button, Services } from '@pluggram/sdk'
import type { Configuration } from './configuration.ts'
import { ReminderError } from './parse-reminder.ts'
import { ReminderTable } from './reminder-table.ts'
import type { Reminder } from './reminder-table.ts'
import { ANSWERS } from './answer-texts.ts'
import { say } from './texts.ts'
import { describeMinutes } from './time/describe-repeat.ts'
import { nextTime } from './time/repeat.ts'
import type { Repeat } from './time/repeat.ts'

/** The schedule of the manifest that delivers one reminder. */
const DELIVER = 'deliver'
/**
 * A reminder this late was missed by its schedule: the program ended, or Telegram could not be
 * reached.
 */
const LATE_MS = 120_000

/** Stores reminders and sends them when they are due. */
export class ReminderBook {
  readonly table: ReminderTable
  readonly #services: Services
  readonly #config: Configuration

  constructor(services: Services, config: Configuration) {
    this.#services = services
    this.#config = config
    this.table = new ReminderTable(services.database)
  }

  /** @throws ReminderError if the user has too many */
  async add(reminder: Omit<Reminder, 'id'>): Promise<number> {
    const waiting = await this.table.waitingFor(reminder.userId)
    if (waiting.length >= this.#config.max_per_person) {
      throw new ReminderError('too_many', String(waiting.length))
    }
    const id = await this.table.add(reminder)
    await this.#plan(id, reminder.due)
    return id
  }

  /** A reminder that repeats goes on as it is; beside it, there is one for this time. */
  async putOff(reminder: Reminder, due: Date): Promise<void> {
    const { id, repeat, ...once } = reminder
    if (repeat) {
      await this.add({ ...once, due })
      return
    }
    await this.table.putOff(id, due)
    await this.#plan(id, due)
  }

  async move({ id, due: before }: Reminder, due: Date, repeat: Repeat | undefined): Promise<void> {
    await this.table.move(id, due, repeat)
    await this.#services.scheduler.cancel(nameOf(id, before))
    await this.#plan(id, due)
  }

  async cancel({ id, due }: Reminder): Promise<void> {
    await this.table.close(id, 'cancelled')
    await this.#services.scheduler.cancel(nameOf(id, due))
  }

  /** Sends a due reminder once: the key prevents a second send. */
  async deliver(id: number): Promise<void> {
    const reminder = await this.table.findWaiting(id)
    if (!reminder) return
    const { chatId, topicId, what, due, repeat, language } = reminder
    const last = repeat
      ? { text: say(ANSWERS.stopRepeating, language), data: `cancel:${id}` }
      : { text: say(ANSWERS.doneButton, language), data: `done:${id}` }
    const buttons = [...this.#snoozeButtons(reminder), [last]]
    try {
      await this.#services.telegram.send(
        chatId,
        { text: `⏰ ${what}`, buttons },
        { key: nameOf(id, due), ...(topicId !== undefined && { topicId }) },
      )
    } catch (error) {
      // a blocked chat stays blocked; the sweep retries everything else
      if (!(error instanceof DeliveryError) || error.code !== 'delivery-blocked') throw error
      await this.table.close(id, 'sent')
      return
    }
    // what was missed while the program was down comes once, not for each time
    const next = repeat && nextTime(repeat, new Date(Math.max(due.getTime(), Date.now())))
    if (!next) return this.table.close(id, 'sent')
    await this.table.move(id, next, repeat)
    await this.#plan(id, next)
  }

  /** Sends reminders that should have been sent earlier. */
  async sweep(now: Date): Promise<void> {
    const late = await this.table.dueBefore(new Date(now.getTime() - LATE_MS))
    const results = await Promise.allSettled(late.map(({ id }) => this.deliver(id)))
    for (const result of results) {
      if (result.status === 'rejected') this.#services.captureException(result.reason, { during: 'sweep' })
    }
    await this.table.forgetOld(now)
  }

  #snoozeButtons({ id, language }: Reminder): Button[][] {
    return [
      this.#config.snooze_minutes.map((minutes) => ({
        text: `💤 ${describeMinutes(minutes, language)}`,
        data: `snooze:${id}:${minutes}`,
      })),
    ]
  }

  async #plan(id: number, due: Date): Promise<void> {
    await this.#services.scheduler.at(due, { name: nameOf(id, due), missed: 'once', data: { id } }, DELIVER)
  }
}

function nameOf(id: number, due: Date): string {
  return `reminder-${id}-${due.getTime()}`
}
