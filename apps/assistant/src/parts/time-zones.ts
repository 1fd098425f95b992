import { definePart } from '@pluggram/assembly'
import { adoptReminderZones } from '../time-zones/adopt-reminder-zones.ts'
import { createTimeZones } from '../time-zones/time-zones.ts'
import * as tokens from './tokens.ts'

/** The time zones of people, groups and the assistant itself. */
export const knownTimeZones = definePart({
  name: 'time zones',
  needs: {
    settings: tokens.settings,
    storage: tokens.storage,
    folders: tokens.folders,
    logger: tokens.logger,
  },
  gives: tokens.timeZones,
  async start({ settings, storage, folders, logger }) {
    try {
      const adopted = await adoptReminderZones(folders.data, storage.timeZones)
      if (adopted > 0) logger.info('took over the time zones set for reminders', { people: adopted })
    } catch (error) {
      logger.warn('cannot read the time zones set for reminders; people can set them again', { err: error })
    }
    return createTimeZones(storage.timeZones, settings.now.assistant.timeZone)
  },
})
