import { cutText, findTimeZone } from '@pluggram/base'
import type { Button, MessageContext, PluginResult } from '@pluggram/sdk'
import { findZone, likelyZones, offsetsInUse, zonesAt } from './find-zone.ts'
import type { KnownTimeZones } from './time-zones.ts'
import { sayOfZones, timeIn, zoneLabel, ZONE_TEXTS } from './zone-texts.ts'

/** How long after `/timezone` a location is taken for its answer. */
const WAIT_MS = 15 * 60_000
const SET = 'zone:'
const CLOCKS = 'zones-by-clock'
const CLOCK = 'zones-at:'
const MAX_WAITING = 1_000

/** `/timezone`: shows and sets the zone of a person or, in a group, of the group. */
export class TimeZoneCommand {
  readonly #zones: KnownTimeZones
  /** When somebody was asked for the zone, by chat and user. */
  readonly #asked = new Map<string, number>()

  constructor(zones: KnownTimeZones) {
    this.#zones = zones
  }

  async execute(args: string, context: MessageContext): Promise<PluginResult> {
    const place = placeIn(context.message.replyTo?.attachments)
    if (args === '') return place ? this.#setByPlace(place, context) : this.#show(context)
    if (!maySet(context)) return refused(ZONE_TEXTS.notHere, context)
    const found = findZone(args, context.user.languageCode)
    if ('zone' in found) return this.#set(found.zone, context)
    this.#expectLocation(context)
    const written = cutText(args.replaceAll(/\s+/g, ' '), 60)
    const said =
      found.are === 'possible'
        ? ZONE_TEXTS.several
        : found.choices.length > 0
          ? ZONE_TEXTS.similar
          : ZONE_TEXTS.unknown
    const text = sayOfZones(said, context.user.languageCode, { text: written })
    return { success: true, response: { text, buttons: [...zoneButtons(found.choices), byClock(context)] } }
  }

  /** Presses of this command's buttons; `undefined` for any other. */
  async press(data: string, context: MessageContext): Promise<PluginResult | undefined> {
    const isOwn = data === CLOCKS || data.startsWith(SET) || data.startsWith(CLOCK)
    if (!isOwn) return undefined
    if (!maySet(context)) return refused(ZONE_TEXTS.notHere, context)
    const editMessageId = context.message.id
    const language = context.user.languageCode
    const now = new Date()
    if (data === CLOCKS) {
      return {
        success: true,
        response: {
          text: sayOfZones(ZONE_TEXTS.whichTime, language),
          buttons: clockButtons(now),
          editMessageId,
        },
      }
    }
    if (data.startsWith(CLOCK)) {
      const zones = zonesAt(Number(data.slice(CLOCK.length)), now)
      if (zones.length === 0) return refused(ZONE_TEXTS.tooOld, context)
      return {
        success: true,
        response: {
          text: sayOfZones(ZONE_TEXTS.whichPlace, language),
          buttons: [...zoneButtons(zones), byClock(context)],
          editMessageId,
        },
      }
    }
    const zone = findTimeZone(data.slice(SET.length))
    if (zone === undefined) return refused(ZONE_TEXTS.tooOld, context)
    return this.#set(zone, context, editMessageId)
  }

  /** A location that answers `/timezone`; `undefined` for any other message. */
  async locate(context: MessageContext): Promise<PluginResult | undefined> {
    const { message } = context
    const place = message.origin === undefined ? placeIn(message.attachments) : undefined
    if (!place) return undefined
    const key = keyOf(context)
    const askedAt = this.#asked.get(key)
    if (askedAt === undefined || Date.now() - askedAt > WAIT_MS) return undefined
    this.#asked.delete(key)
    return this.#setByPlace(place, context)
  }

  #show(context: MessageContext): PluginResult {
    const { chat, user } = context
    const { store, own } = this.#zones
    const now = new Date()
    const isGroup = chat.type !== 'private'
    const set = store.of(isGroup ? chat.id : user.id)
    const text =
      set === undefined ? tellZone(ZONE_TEXTS.notSet, own, now, user) : tellZone(ownOf(chat), set, now, user)
    if (isGroup && !maySet(context)) return { success: true, response: text }
    this.#expectLocation(context)
    const offered = likelyZones(user.languageCode, [own]).filter((zone) => zone !== set)
    const change = sayOfZones(isGroup ? ZONE_TEXTS.changeInGroup : ZONE_TEXTS.change, user.languageCode)
    return {
      success: true,
      response: { text: `${text}\n\n${change}`, buttons: [...zoneButtons(offered), byClock(context)] },
    }
  }

  async #setByPlace(place: Place, context: MessageContext): Promise<PluginResult> {
    if (!maySet(context)) return refused(ZONE_TEXTS.notHere, context)
    // loaded when it is needed: few people send their location
    const { default: lookUp } = await import('@photostructure/tz-lookup')
    let zone: string | undefined
    try {
      zone = findTimeZone(lookUp(place.latitude, place.longitude))
    } catch {
      // coordinates that are on no map
    }
    return zone === undefined ? refused(ZONE_TEXTS.sea, context) : this.#set(zone, context)
  }

  async #set(zone: string, context: MessageContext, editMessageId?: number): Promise<PluginResult> {
    const { chat, user } = context
    const isGroup = chat.type !== 'private'
    await this.#zones.store.set(isGroup ? chat.id : user.id, zone)
    this.#asked.delete(keyOf(context))
    const now = new Date()
    const text = tellZone(ownOf(chat), zone, now, user)
    const language = user.languageCode
    const isFixed = /^[+-]/.test(zone)
    const places = isFixed ? zonesAt(minutesOf(zone), now).slice(0, 6) : []
    return {
      success: true,
      response: {
        text: [
          text,
          sayOfZones(ZONE_TEXTS.kept, language),
          ...(places.length > 0 ? [sayOfZones(ZONE_TEXTS.fixed, language)] : []),
        ].join('\n\n'),
        ...(places.length > 0 && { buttons: zoneButtons(places) }),
        ...(editMessageId !== undefined && { editMessageId }),
      },
    }
  }

  #expectLocation(context: MessageContext): void {
    if (this.#asked.size >= MAX_WAITING) this.#asked.clear()
    this.#asked.set(keyOf(context), Date.now())
  }
}

interface Place {
  readonly latitude: number
  readonly longitude: number
}

function placeIn(attachments: MessageContext['message']['attachments'] = []): Place | undefined {
  return attachments.find((attachment) => attachment.kind === 'location')
}

function maySet({ chat, role }: MessageContext): boolean {
  return chat.type === 'private' || role !== 'everyone'
}

function keyOf({ chat, user }: MessageContext): string {
  return `${chat.id}/${user.id}`
}

function minutesOf(offset: string): number {
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number)
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

function zoneButtons(zones: readonly string[]): Button[][] {
  return inRows(
    zones.map((zone) => ({ text: zoneLabel(zone).replaceAll('_', ' '), data: `${SET}${zone}` })),
    2,
  )
}

function clockButtons(now: Date): Button[][] {
  const buttons = offsetsInUse(now).map((minutes) => ({
    text: clock('UTC', new Date(now.getTime() + minutes * 60_000)),
    data: `${CLOCK}${minutes}`,
  }))
  return inRows(buttons, 5)
}

/** `14:05`, as clocks in a zone show it. */
function clock(zone: string, moment: Date): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(
    moment,
  )
}

function byClock({ user }: MessageContext): Button[] {
  return [{ text: sayOfZones(ZONE_TEXTS.byClock, user.languageCode), data: CLOCKS }]
}

function refused(text: Parameters<typeof sayOfZones>[0], { user }: MessageContext): PluginResult {
  return { success: false, error: sayOfZones(text, user.languageCode) }
}

type Asker = Pick<MessageContext['user'], 'languageCode'>

function tellZone(
  text: Parameters<typeof sayOfZones>[0],
  zone: string,
  now: Date,
  { languageCode }: Asker,
): string {
  const values = { zone: zoneLabel(zone), time: timeIn(zone, now, languageCode) }
  return sayOfZones(text, languageCode, values)
}

/** Words about the zone that is set in a chat. */
function ownOf({ type }: MessageContext['chat']): Parameters<typeof sayOfZones>[0] {
  return type === 'private' ? ZONE_TEXTS.own : ZONE_TEXTS.groups
}

function inRows<Item>(items: readonly Item[], width: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / width) }, (_, row) =>
    items.slice(row * width, row * width + width),
  )
}
