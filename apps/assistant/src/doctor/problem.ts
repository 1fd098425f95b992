import { findingRow } from '@pluggram/observability'
import type { FindingId, Found } from '@pluggram/observability'
import type { Repair } from './repair.ts'

/** A finding, with the change that puts it right if one is safe. */
export interface Problem extends Found {
  readonly repair?: Repair
}

/** A problem with the severity that the table gives its kind. */
export function problem(
  id: FindingId,
  words: Pick<Found, 'what' | 'why' | 'fix' | 'where'>,
  repair?: Repair,
): Problem {
  return { id, severity: findingRow(id).severity, ...words, ...(repair && { repair }) }
}

/** The finding alone: repairs are for a command with somebody who confirms them. */
export function withoutRepair(one: Problem): Found {
  const found: { -readonly [Key in keyof Problem]: Problem[Key] } = { ...one }
  delete found.repair
  return found
}
