import type { Alert, AlertKind } from './alert-kinds.ts'
import type { KeptAlert, Letter, LetterItem, RecipientState } from './alert-state.ts'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
/** What was told before waits at least for so many groups, and twice as long each time. */
const AGAIN_GROUPS = 3
const LONGEST_WAIT_MS = 6 * HOUR_MS
const MOST_DOUBLINGS = 5
const KEPT_LETTERS = 30
const MOST_PAST = 5

/** What holds for one recipient at the moment. */
export interface DeskRules {
  readonly now: number
  /** Today's date where the recipient is. */
  readonly date: string
  isOn(kind: AlertKind): boolean
  /** False in quiet hours for what can wait. */
  mayTell(kind: AlertKind): boolean
  waitMs(kind: AlertKind): number
  readonly groupMs: number
  readonly perDay: number
}

/** A letter to send, and one whose message is to be changed because alerts of it ended. */
interface Plan {
  readonly letter?: Letter
  readonly changed?: Letter
}

const NOTHING: Plan = {}

/**
 * Decides what one recipient is told, and when. It changes the state and sends nothing.
 *
 *   seen ──its wait──▶ due ──others join──▶ told ──gone for a while──▶ its end told
 *     └─gone: never told
 */
export class AlertDesk {
  readonly #state: RecipientState
  readonly #rules: DeskRules

  constructor(state: RecipientState, rules: DeskRules) {
    this.#state = state
    this.#rules = rules
  }

  /** Takes in everything that is wrong now. */
  see(current: readonly Alert[]): void {
    const { alerts } = this.#state
    const { now } = this.#rules
    for (const alert of current) {
      const since = alert.since ?? now
      const kept = (alerts[alert.id] ??= { alert, since, times: [] })
      kept.alert = alert
      if (kept.goneAt !== undefined && kept.letter === undefined) kept.since = since
      kept.goneAt = undefined
    }
    const ids = new Set(current.map(({ id }) => id))
    for (const [id, kept] of Object.entries(alerts)) if (!ids.has(id)) this.#miss(id, kept)
    for (const [id, until] of Object.entries(this.#state.muted))
      if (until <= now) delete this.#state.muted[id]
  }

  /** What is to be done next; nothing while a letter is on its way. */
  next(): Plan {
    if (this.#state.letters.some(isOnItsWay)) return NOTHING
    const mayWrite = this.#lettersToday() < this.#rules.perDay
    const news = mayWrite ? this.#news() : undefined
    return news ? { letter: news } : this.#end(mayWrite)
  }

  test(item: Omit<LetterItem, 'since'>): Letter {
    return this.#write('test', [{ ...item, since: this.#rules.now }])
  }

  #miss(id: string, kept: KeptAlert): void {
    const { alerts } = this.#state
    const { now, waitMs, isOn } = this.#rules
    const { kind, isEvent } = kept.alert
    if (isEvent) {
      delete alerts[id]
      return
    }
    if (kept.goneAt === undefined) {
      kept.goneAt = now
      // nothing could be sent meanwhile, so this is the first chance to tell it
      const wasLong = now - kept.since >= waitMs(kind)
      if (
        kind === 'telegram' &&
        kept.letter === undefined &&
        wasLong &&
        isOn(kind) &&
        !this.#isMuted(kept.alert.id)
      ) {
        const outage = { ...kept.alert, since: kept.since, endedAt: now }
        this.#state.past = [...this.#state.past, outage].slice(-MOST_PAST)
      }
    }
    kept.times = kept.times.filter((at) => at > now - DAY_MS)
    if (kept.letter === undefined && kept.times.length === 0) delete alerts[id]
  }

  #news(): Letter | undefined {
    const { now, groupMs, mayTell } = this.#rules
    const due = Object.values(this.#state.alerts).filter((kept) => this.#isDue(kept))
    const past = mayTell('telegram') ? this.#state.past : []
    if (due.length + past.length === 0) return undefined
    const first = Math.min(
      ...due.map((kept) => kept.since + this.#waitOf(kept)),
      ...past.map(({ endedAt = now }) => endedAt),
    )
    if (now - first < groupMs * 2 ** Math.min(MOST_DOUBLINGS, this.#lettersSince(now - HOUR_MS)))
      return undefined
    const letter = this.#write('news', [...past, ...due.map(({ alert, since }) => ({ ...alert, since }))])
    this.#state.past = []
    for (const kept of due) {
      kept.letter = letter.no
      kept.times = [...kept.times, now]
    }
    return letter
  }

  #end(mayWrite: boolean): Plan {
    const [first] = this.#endedLetters()
    if (!first) return NOTHING
    const [told, ended] = first
    const items = this.#markEnded(ended)
    // nobody wants to hear of what was muted
    const isWorthALetter = mayWrite && items.some(({ id }) => !this.#isMuted(id))
    return { changed: told, ...(isWorthALetter && { letter: this.#write('end', items, told.no) }) }
  }

  /** Letters with alerts that are gone for long enough to be believed. */
  #endedLetters(): (readonly [Letter, readonly KeptAlert[]])[] {
    const { now, groupMs, mayTell } = this.#rules
    return this.#state.letters.flatMap((letter) => {
      const ended = Object.values(this.#state.alerts).filter(
        ({ letter: told, goneAt, alert }) =>
          told === letter.no && goneAt !== undefined && now - goneAt >= groupMs && mayTell(alert.kind),
      )
      return ended.length > 0 ? [[letter, ended] as const] : []
    })
  }

  #markEnded(ended: readonly KeptAlert[]): LetterItem[] {
    return ended.flatMap((kept) => {
      const letter = this.#state.letters.find(({ no }) => no === kept.letter)
      const item = letter?.items.find(({ id }) => id === kept.alert.id)
      kept.letter = undefined
      if (!item) return []
      item.endedAt = kept.goneAt
      return [item]
    })
  }

  #write(kind: Letter['kind'], items: readonly LetterItem[], answers?: number): Letter {
    const state = this.#state
    const { now, date, perDay } = this.#rules
    const letters = this.#lettersToday() + 1
    state.day = { date, letters }
    const isLast = kind !== 'test' && letters >= perDay
    const letter: Letter = { no: state.nextLetter, kind, items, answers, isLast, at: now }
    state.nextLetter += 1
    state.letters = [...state.letters, letter].slice(-KEPT_LETTERS)
    return letter
  }

  #isDue(kept: KeptAlert): boolean {
    const { alert, since, goneAt, letter } = kept
    const { now, isOn, mayTell } = this.#rules
    if (goneAt !== undefined || letter !== undefined || this.#isMuted(alert.id)) return false
    return isOn(alert.kind) && mayTell(alert.kind) && now - since >= this.#waitOf(kept)
  }

  /** What comes and goes is told less and less often. */
  #waitOf({ alert, times }: KeptAlert): number {
    const wait = this.#rules.waitMs(alert.kind)
    if (times.length === 0) return wait
    return Math.min(LONGEST_WAIT_MS, Math.max(wait, AGAIN_GROUPS * this.#rules.groupMs) * 2 ** times.length)
  }

  #isMuted(id: string): boolean {
    return (this.#state.muted[id] ?? 0) > this.#rules.now
  }

  #lettersToday(): number {
    return this.#state.day.date === this.#rules.date ? this.#state.day.letters : 0
  }

  #lettersSince(start: number): number {
    return this.#state.letters.filter(({ at }) => at > start).length
  }
}

export function isOnItsWay({ messageId, hasFailed }: Letter): boolean {
  return messageId === undefined && hasFailed !== true
}
