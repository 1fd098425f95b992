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

/**
 * Keeps entries in the plugin's store, oldest first. Each is deleted when its retention time is
 * over.
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
    const key = `${PREFIX}${String(time).padStart(15, '0')}:${String(this.#sequence).padStart(5, '0')}`
    await this.#store.set(key, entry, { ttlSeconds: retentionDays * 86_400 })
  }

  /** All entries, oldest first. */
  async *all(): AsyncGenerator<JournalEntry> {
    for (let after = ''; ;) {
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
    const found: JournalEntry[] = []
    for await (const entry of this.all()) {
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
