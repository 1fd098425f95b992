import type { ComponentHealth, HealthProblem } from '@pluggram/observability'

type Words = Pick<HealthProblem, 'why' | 'fix'>

const HELD = 'Messages wait at Telegram; none are lost.'

/** The causes that have words of their own; anything else is told as it is. */
const CAUSES: readonly (readonly [RegExp, (folder: string) => Words])[] = [
  [
    /\bfull\b|ENOSPC|EDQUOT|no space/i,
    (folder) => ({
      why: 'the disk is full.',
      fix: `Free some space; "df -h ${folder}" shows it. ${HELD}`,
    }),
  ],
  [
    /read-?only|EROFS|EACCES|EPERM/i,
    (folder) => ({ why: `${folder} is read-only.`, fix: `Make it writable again. ${HELD}` }),
  ],
  [
    /locked/i,
    () => ({ why: 'another program keeps the database locked.', fix: `Retrying. End that program. ${HELD}` }),
  ],
]

/**
 * Whether messages can be saved.
 * @param failure why the last write failed; absent when it did not
 */
export function storageHealth(failure: string | undefined, folder: string): ComponentHealth {
  if (failure === undefined) return { status: 'ok' }
  const [, words] = CAUSES.find(([pattern]) => pattern.test(failure)) ?? []
  const said: Words = words?.(folder) ?? { why: sentence(failure), fix: `Retrying. ${HELD}` }
  return {
    status: 'failed',
    reason: failure,
    problem: {
      id: 'storage.writable',
      headline: 'Cannot save messages',
      what: 'The assistant cannot save messages.',
      ...said,
    },
  }
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
