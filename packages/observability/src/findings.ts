import { withinTime } from '@pluggram/base'
import type { Awaitable } from '@pluggram/sdk'
import type { FindingId } from './finding-table.ts'
import type { SecretMask } from './secret-mask.ts'

/**
 * What is wrong, for people: a log, a chat, a page and `pluggram doctor` show the same. It holds no
 * secrets, and nothing that somebody wrote in a chat.
 */
export interface Found {
  /** Stable, so that scripts can rely on it: a row of the table, with a name where there are several (`plugin.parked:weather`). */
  readonly id: FindingId
  /** An `error` keeps something from working; a `warning` may do so later, or is unsafe. */
  readonly severity: 'warning' | 'error'
  /** One sentence: what does not work. */
  readonly what: string
  /** One sentence: the cause, as far as it is known. */
  readonly why: string
  /** The next step; a command where there is one. */
  readonly fix: string
  /** `file:line`, or a file. */
  readonly where?: string
}

export interface Finding extends Found {
  /** When it was first seen in this run, in ISO 8601. */
  readonly since: string
}

/** Says what is wrong in one area at the moment; the part that owns the area adds it. */
export interface FindingSource {
  /** Shown when it cannot be checked, for example "the database". */
  readonly name: string
  /** Nothing when all is well. It has 5 s, or `seconds`; it may throw. */
  check(): Awaitable<readonly Found[]>
  readonly seconds?: number
  /** Whoever finds them logs them as well, with more: the log is not told twice. */
  readonly isLogged?: true
}

export interface FindingsChange {
  /** The source that found it. */
  readonly source: string
  readonly opened: readonly Finding[]
  readonly resolved: readonly Finding[]
}

const CHECK_SECONDS = 5

/** What is wrong right now: state that checks write, and doctor, alerts and pages read. */
export class Findings {
  readonly #bySource = new Map<string, readonly Finding[]>()
  readonly #listeners = new Set<(change: FindingsChange) => void>()
  readonly #mask: Pick<SecretMask, 'deep'>

  /** False until everything was looked at once: nothing found means nothing before that. */
  isKnown = false

  constructor(mask: Pick<SecretMask, 'deep'>) {
    this.#mask = mask
  }

  /** Everything found, errors first, the oldest first. */
  get now(): readonly Finding[] {
    return [...this.#bySource.values()].flat().toSorted(byWeight)
  }

  /** Calls back after each change. @returns how to stop that */
  onChange(listener: (change: FindingsChange) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Runs all checks side by side and keeps what they say. */
  async look(sources: readonly FindingSource[]): Promise<void> {
    await Promise.all(
      sources.map(async (source) => {
        const before = this.#bySource.get(source.name) ?? []
        this.replace(source.name, await ask(source, before))
      }),
    )
    this.isKnown = true
  }

  /** Replaces what a source found; what it no longer finds counts as resolved. */
  replace(source: string, found: readonly Found[]): void {
    const before = this.#bySource.get(source) ?? []
    const now = new Date().toISOString()
    const after = this.#mask.deep(found).map((one) => ({
      ...one,
      since: before.find(({ id }) => id === one.id)?.since ?? now,
    }))
    this.#bySource.set(source, after)
    const opened = after.filter(({ id }) => before.every((other) => other.id !== id))
    const resolved = before.filter(({ id }) => after.every((other) => other.id !== id))
    if (opened.length + resolved.length === 0) return
    for (const listener of this.#listeners) listener({ source, opened, resolved })
  }
}

function byWeight(one: Finding, other: Finding): number {
  if (one.severity !== other.severity) return one.severity === 'error' ? -1 : 1
  return one.since < other.since ? -1 : one.since > other.since ? 1 : 0
}

/**
 * What could not be checked is a finding too: silence would look like health. What was wrong before
 * still counts as wrong.
 */
async function ask(source: FindingSource, before: readonly Found[]): Promise<readonly Found[]> {
  const { seconds = CHECK_SECONDS } = source
  const unknown = (why: string): readonly Found[] => [
    ...before.filter(({ id }) => !id.startsWith('unchecked:')),
    {
      id: `unchecked:${source.name.replaceAll(' ', '-')}`,
      severity: 'warning',
      what: `Could not check ${source.name}.`,
      why,
      fix: 'Try again: pluggram doctor. If it stays, look into the log: pluggram logs.',
    },
  ]
  try {
    return await withinTime(
      Promise.resolve().then(() => source.check()),
      seconds * 1_000,
      () => unknown(`The check did not end within ${seconds} s.`),
    )
  } catch (error) {
    return unknown(`The check failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}
