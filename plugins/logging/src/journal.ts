import { setImmediate } from 'node:timers/promises'
import { z } from '@pluggram/sdk'
import type { ObservedMessage, Store } from '@pluggram/sdk'
import { redact } from './redact.ts'

const entrySchema = z.object({
  at: z.string(),
  chat: z.number(),
  user: z.number(),
  kind: z.string(),
  outcome: z.string(),
  plugin: z.string().optional(),
  seconds: z.number(),
  text: z.string().optional(),
  answers: z.array(z.string()).optional(),
})

/** One message and its outcome. */
export type JournalEntry = z.infer<typeof entrySchema>

export interface JournalOptions {
  readonly retentionDays: number
  /** Without it, only who, when and the outcome are stored. */
  readonly keepsText: boolean
  readonly maxCharacters: number
  readonly now: () => number
}

const PREFIX = 'entry:'
const PAGE = 500
/** How far back to look for the newest entries, in hours, before all are read. */
const LOOKS_BACK = [1, 24, 7 * 24]

/**
 * Keeps entries in a rolling store, oldest first. Each is deleted when its retention time is over,
 * and the oldest ones when there is no more room.
 */
export class Journal {
  readonly #store: Store
  readonly #options: JournalOptions
  #sequence = 0

  constructor(store: Store, options: JournalOptions) {
    this.#store = store
    this.#options = options
  }

  async add(event: ObservedMessage): Promise<void> {
    const { retentionDays, keepsText, maxCharacters, now } = this.#options
    const time = now()
    const clean = (text: string): string => redact(text, maxCharacters)
    const entry: JournalEntry = {
      at: new Date(time).toISOString(),
      chat: event.chat.id,
      user: event.user.id,
      kind: event.kind,
      outcome: event.outcome,
      ...(event.plugin !== undefined && { plugin: event.plugin }),
      seconds: Math.round(event.seconds * 1_000) / 1_000,
      ...(keepsText && {
        text: clean(event.callbackData ?? event.message.text),
        answers: event.answers.map(clean),
      }),
    }
    this.#sequence = (this.#sequence + 1) % 100_000
    await this.#store.set(keyOf(time, this.#sequence), entry, { ttlSeconds: retentionDays * 86_400 })
  }

  /** All entries, oldest first, or those written since a time. */
  async *all(since = 0): AsyncGenerator<JournalEntry> {
    for (let after = since === 0 ? '' : keyOf(since, 0); ;) {
      // others have a turn between two pages
      await setImmediate()
      const keys = await this.#store.list(PREFIX, { limit: PAGE, ...(after !== '' && { after }) })
      for (const key of keys) {
        const parsed = entrySchema.safeParse(await this.#store.get(key))
        if (parsed.success) yield parsed.data
      }
      const last = keys.at(-1)
      if (keys.length < PAGE || last === undefined) return
      after = last
    }
  }

  /** The newest entries that contain `words`, newest last. */
  async newest(count: number, words: string): Promise<readonly JournalEntry[]> {
    for (const hours of words === '' ? LOOKS_BACK : []) {
      const found = await this.#newestSince(this.#options.now() - hours * 3_600_000, count, words)
      if (found.length === count) return found
    }
    return this.#newestSince(0, count, words)
  }

  async #newestSince(since: number, count: number, words: string): Promise<readonly JournalEntry[]> {
    const found: JournalEntry[] = []
    for await (const entry of this.all(since)) {
      if (words !== '' && !JSON.stringify(entry).toLowerCase().includes(words.toLowerCase())) continue
      found.push(entry)
      if (found.length > count) found.shift()
    }
    return found
  }

  /** Deletes everything, or what belongs to one user. */
  async forget(user?: number): Promise<number> {
    let count = 0
    for (let after = ''; ;) {
      await setImmediate()
      const keys = await this.#store.list(PREFIX, { limit: PAGE, ...(after !== '' && { after }) })
      for (const key of keys) {
        const parsed = entrySchema.safeParse(await this.#store.get(key))
        if (user !== undefined && parsed.success && parsed.data.user !== user) continue
        if (await this.#store.delete(key)) count += 1
      }
      const last = keys.at(-1)
      if (keys.length < PAGE || last === undefined) return count
      after = last
    }
  }
}

/** Keys in the order of their times. */
function keyOf(time: number, sequence: number): string {
  return `${PREFIX}${String(Math.max(0, time)).padStart(15, '0')}:${String(sequence).padStart(5, '0')}`
}
