import { describeMoment } from '@pluggram/plugin-kit'
import { z } from '@pluggram/sdk'
import type { ReminderBook } from './reminder-book.ts'
import type { Reminder } from './reminder-table.ts'
import { ANSWERS } from './answer-texts.ts'

/** Which reminder to cancel; with nothing, the only one there is. */
export const cancelSchema = z.object({
  number: z.int().min(1).max(1_000).optional().describe('Its number in the list of reminders'),
  words: z.string().max(200).optional().describe('Some words of the reminder'),
  scope: z.enum(['all']).optional().describe('"all" cancels every reminder of the user'),
})

/** The reminders that are meant by a number in the list or by words; all of them with neither. */
export function meantReminders(
  waiting: readonly Reminder[],
  { number, words }: { readonly number?: number | undefined; readonly words?: string | undefined },
): readonly Reminder[] {
  const said = words?.toLowerCase()
  return waiting.filter(
    ({ what }, index) =>
      (number === undefined || number === index + 1) &&
      (said === undefined || what.toLowerCase().includes(said)),
  )
}

/**
 * Cancels what is clearly meant; otherwise asks which one. The answer has no words of a reminder: they
 * may come from elsewhere.
 */
export async function cancelReminders(
  { number, words, scope }: z.infer<typeof cancelSchema>,
  { book, userId, zone }: { readonly book: ReminderBook; readonly userId: number; readonly zone: string },
): Promise<string> {
  const waiting = await book.table.waitingFor(userId)
  if (waiting.length === 0) return ANSWERS.noReminders
  const meant = scope === 'all' ? waiting : meantReminders(waiting, { number, words })
  if (scope === 'all' || meant.length === 1) {
    for (const reminder of meant) await book.cancel(reminder)
    const times = meant.map(({ due }) => describeMoment(zone, due)).join('; ')
    return ANSWERS.cancelledAt(meant.length === 1 ? 'the reminder' : `${meant.length} reminders`, times)
  }
  return ANSWERS.whichCancel(waiting.length)
}
