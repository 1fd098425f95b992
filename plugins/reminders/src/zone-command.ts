import type { MessageContext, PluginResult } from '@pluggram/sdk'
import { bookOf } from './options.ts'
import type { Surroundings } from './options.ts'
import { TEXTS } from './texts.ts'
import { describeMoment, findTimeZone } from './time/time-zone.ts'

/** `/timezone Europe/Berlin`, or what it is now. */
export async function setZone(
  written: string,
  context: MessageContext & Surroundings,
): Promise<PluginResult> {
  const { table } = bookOf(context)
  if (written === '') {
    const known = (await table.zoneOf(context.user.id)) ?? context.config.default_time_zone
    return { success: true, response: TEXTS.zoneIs(known) }
  }
  const zone = findTimeZone(written)
  if (zone === undefined) {
    return {
      success: false,
      error: TEXTS.noSuchZone(written.slice(0, 60)),
    }
  }
  await table.setZone(context.user.id, zone)
  const now = describeMoment(zone, context.message.date)
  return {
    success: true,
    response: TEXTS.zoneSet(zone, now),
  }
}
