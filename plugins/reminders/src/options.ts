import type { MessageContext, Services } from '@pluggram/sdk'
import type { Configuration } from './configuration.ts'
import type { ParseOptions } from './parse-reminder.ts'
import { ReminderBook } from './reminder-book.ts'
import { momentWritten } from './time/moments.ts'

/** What messages, tools and schedules share. */
export interface Surroundings {
  readonly config: Configuration
  readonly services: Services
}
export type Asked = Pick<MessageContext, 'chat' | 'user' | 'message' | 'timeZone'> & Surroundings

export function bookOf({ services, config }: Surroundings): ReminderBook {
  return new ReminderBook(services, config)
}

/** How times of a message are read. */
export function parseOptions({ config, user, message, timeZone }: Asked): ParseOptions {
  return {
    now: momentWritten(message.date, Date.now()),
    zone: timeZone,
    defaultHour: config.default_hour,
    language: user.languageCode,
  }
}
