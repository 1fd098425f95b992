import { POSTED_UPDATE_ID } from '@pluggram/sdk/runtime'
import type { IncomingUpdate, Journey, Journeys } from '@pluggram/sdk/runtime'
import { RecordedJourney } from './recorded-journey.ts'
import type { JourneyOwner, JourneyStart } from './recorded-journey.ts'

export interface JourneyRecorderOptions {
  /** How many journeys are kept; 0 records nothing. */
  readonly keep: number
  /** Hides secrets in a text. */
  hide(text: string): string
}

/** An update that an earlier run answered came from somebody, but it is not known any more. */
const NOBODY = 0

/**
 * The last journeys, in memory. A journey is a few plain objects: no timer, no promise, nothing on
 * disk. When more come than are kept, the oldest is forgotten, even if it is not over.
 */
export class JourneyRecorder implements Journeys, JourneyOwner {
  readonly #options: JourneyRecorderOptions
  readonly #byUpdate = new Map<number, RecordedJourney>()
  #ring: (RecordedJourney | undefined)[]
  #next = 0
  readonly #listeners: ((journey: RecordedJourney) => void)[] = []
  /** Set while traces are sent. */
  traceparent: JourneyOwner['traceparent']

  constructor(options: JourneyRecorderOptions) {
    this.#options = options
    this.#ring = emptyRing(options.keep)
  }

  open(
    { updateId, kind, chat, user, message, continues }: IncomingUpdate,
    since: number,
  ): Journey | undefined {
    if (this.#ring.length === 0) return undefined
    return this.#add({
      updateId,
      kind,
      chatId: chat.id,
      userId: user.id,
      messageId: message.id,
      size: message.text.length,
      ...(continues && { continues: Number.parseInt(continues.turn, 10) }),
      since,
    })
  }

  openRest(updateId: number, chatId: number): Journey | undefined {
    if (this.#ring.length === 0 || updateId === POSTED_UPDATE_ID) return undefined
    const since = performance.now()
    const journey = this.#add({ updateId, kind: 'rest', chatId, userId: NOBODY, since })
    journey.outcome = 'sent'
    return journey
  }

  find(updateId: number): RecordedJourney | undefined {
    return this.#byUpdate.get(updateId)
  }

  /** The latest first. */
  list(): RecordedJourney[] {
    const { length } = this.#ring
    const found: RecordedJourney[] = []
    for (let back = 1; back <= length; back += 1) {
      const journey = this.#ring[(this.#next - back + length) % length]
      if (journey) found.push(journey)
    }
    return found
  }

  /** Keeps another number of journeys from now on. */
  resize(keep: number): void {
    if (keep === this.#ring.length) return
    const latest = this.list().slice(0, keep).toReversed()
    this.#ring = emptyRing(keep)
    this.#byUpdate.clear()
    this.#next = 0
    for (const journey of latest) this.#put(journey)
  }

  /** Calls the listener with each journey that is over. It must not throw. */
  onEnd(listener: (journey: RecordedJourney) => void): void {
    this.#listeners.push(listener)
  }

  /** Removes what a person's messages went through. */
  forget(userId: number): void {
    for (const [slot, journey] of this.#ring.entries()) {
      if (journey?.start.userId !== userId) continue
      journey.isForgotten = true
      this.#ring[slot] = undefined
      if (this.#byUpdate.get(journey.start.updateId) === journey)
        this.#byUpdate.delete(journey.start.updateId)
    }
  }

  /** A group became a supergroup with a new id. */
  move(from: number, to: number): void {
    for (const journey of this.#ring) if (journey?.chatId === from) journey.chatId = to
  }

  hide(text: string): string {
    return this.#options.hide(text)
  }

  onOver(journey: RecordedJourney): void {
    for (const listener of this.#listeners) listener(journey)
  }

  #add(start: JourneyStart): RecordedJourney {
    const journey = new RecordedJourney(start, this)
    this.#put(journey)
    return journey
  }

  #put(journey: RecordedJourney): void {
    const old = this.#ring[this.#next]
    if (old && this.#byUpdate.get(old.start.updateId) === old) this.#byUpdate.delete(old.start.updateId)
    this.#ring[this.#next] = journey
    this.#next = (this.#next + 1) % this.#ring.length
    this.#byUpdate.set(journey.start.updateId, journey)
  }
}

function emptyRing(size: number): undefined[] {
  return Array.from({ length: size }, () => undefined)
}
