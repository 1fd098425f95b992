import { KeyLock } from '@pluggram/base'
import { z } from '@pluggram/sdk'
import type { Store } from '@pluggram/sdk'

export const MAX_FACTS = 60
const MAX_FACT_CHARACTERS = 240

const factSchema = z.object({
  id: z.string(),
  text: z.string(),
  /** When it was stored, in milliseconds since 1970. */
  at: z.number(),
  /** Who stored it. */
  by: z.enum(['user', 'model']),
  /** It follows from text that the user did not write. */
  isForeign: z.boolean().optional(),
})
const storedSchema = z.object({ facts: z.array(factSchema) })

/** A fact to remember about a user. */
export type Fact = z.infer<typeof factSchema>

/** Unknown counts as foreign in what a model stored. */
export function isForeignFact({ by, isForeign = by === 'model' }: Fact): boolean {
  return isForeign
}

export type AddOutcome = { readonly fact: Fact } | { readonly refused: 'empty' | 'known' | 'full' }

/** Commands and the model's tool change the same facts, each through its own object. */
const lock = new KeyLock()

/** Long-term facts, by user. The model sees them in that user's private chat only. */
export class UserFacts {
  readonly #store: Store
  readonly #now: () => number

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
  }

  async list(userId: number): Promise<readonly Fact[]> {
    return storedSchema.safeParse(await this.#store.get(keyOf(userId))).data?.facts ?? []
  }

  /** Stores a fact, as one line. */
  add(userId: number, text: string, { by, isForeign }: Pick<Fact, 'by' | 'isForeign'>): Promise<AddOutcome> {
    const line = oneLine(text)
    return lock.run(keyOf(userId), async () => {
      const facts = await this.list(userId)
      if (line === '') return { refused: 'empty' }
      if (facts.some((fact) => fact.text.toLowerCase() === line.toLowerCase())) return { refused: 'known' }
      if (facts.length >= MAX_FACTS) return { refused: 'full' }
      const fact: Fact = {
        id: crypto.randomUUID().slice(0, 8),
        text: line,
        at: this.#now(),
        by,
        ...(isForeign !== undefined && { isForeign }),
      }
      await this.#store.set(keyOf(userId), { facts: [...facts, fact] })
      return { fact }
    })
  }

  /** False if the fact no longer exists. */
  remove(userId: number, factId: string): Promise<boolean> {
    return lock.run(keyOf(userId), async () => {
      const facts = await this.list(userId)
      const rest = facts.filter(({ id }) => id !== factId)
      if (rest.length === facts.length) return false
      await this.#store.set(keyOf(userId), { facts: rest })
      return true
    })
  }

  /** Forgets all facts of a user and returns their number. */
  clear(userId: number): Promise<number> {
    return lock.run(keyOf(userId), async () => {
      const facts = await this.list(userId)
      await this.#store.delete(keyOf(userId))
      return facts.length
    })
  }
}

function keyOf(userId: number): string {
  return `facts:${userId}`
}

/**
 * Line breaks and invisible characters could make one fact look like several, or like something
 * else.
 */
function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return line.slice(0, MAX_FACT_CHARACTERS).toWellFormed()
}
