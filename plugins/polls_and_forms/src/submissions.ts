import { randomBytes } from 'node:crypto'
import { z } from '@pluggram/sdk'
import type { Store } from '@pluggram/sdk'
import { AnswerError } from './answer.ts'
import type { Submission } from './export-answers.ts'
import { TEXTS } from './texts.ts'

const submissionSchema = z.object({
  sentAt: z.string(),
  userId: z.number(),
  name: z.string(),
  answers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})

const keysSchema = z.array(z.string()).catch([])

/** The keys of a form's submissions are one value of the store. */
const MAX_SUBMISSIONS = 20_000

/** Submitted forms, by form. */
export class Submissions {
  readonly #store: Store
  readonly #keepSeconds: number | undefined

  constructor(store: Store, keepDays: number | undefined) {
    this.#store = store
    this.#keepSeconds = keepDays === undefined ? undefined : keepDays * 86_400
  }

  /** @throws AnswerError if the form has reached its maximum */
  async add(form: string, submission: Submission): Promise<void> {
    const key = `sent:${form}:${submission.sentAt}:${randomBytes(6).toString('base64url')}`
    const options = this.#keepSeconds === undefined ? {} : { ttlSeconds: this.#keepSeconds }
    await this.#store.update<unknown>(listKey(form), (stored) => {
      const keys = keysSchema.parse(stored)
      if (keys.length >= MAX_SUBMISSIONS) throw new AnswerError(TEXTS.formFull)
      return [...keys, key]
    })
    await this.#store.set(key, submission, options)
  }

  /** Oldest first. */
  async of(form: string): Promise<Submission[]> {
    const found: Submission[] = []
    for (const key of keysSchema.parse(await this.#store.get(listKey(form)))) {
      const { data } = submissionSchema.safeParse(await this.#store.get(key))
      if (data) found.push(data)
    }
    return found
  }

  /** Deletes all submissions of a form and returns their number. */
  async clear(form: string): Promise<number> {
    let keys: string[] = []
    await this.#store.update<unknown>(listKey(form), (stored) => {
      keys = keysSchema.parse(stored)
      return []
    })
    let count = 0
    for (const key of keys) if (await this.#store.delete(key)) count += 1
    return count
  }
}

function listKey(form: string): string {
  return `list:${form}`
}
