import { oneLine } from './origin-name.ts'

/*
 * What a field of a message says besides the words that somebody wrote: numbers, dates and kinds,
 * in plain sentences for the model and for people.
 */

type Members = Readonly<Record<string, unknown>>

const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null ? (value as Members) : {}
const listOf = (value: unknown): readonly Members[] => (Array.isArray(value) ? value.map(membersOf) : [])
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

function sentences(...parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false).join(' ')
}

export function story(): string {
  return 'Its pictures cannot be seen here.'
}

export function passport(): string {
  return 'They are encrypted, and nobody here can read them.'
}

export function poll(value: unknown): string {
  const { type, is_closed: isClosed, total_voter_count: count, options: raw } = membersOf(value)
  const options = listOf(raw)
  const votes = options.map(({ voter_count: voters }) => voters).filter(isCount)
  const isVotedOn = isCount(count) && count > 0
  const right = rightOptions(value)
  return sentences(
    type === 'quiz' && 'It is a quiz.',
    right.length > 0 && `Right: ${right.map((index) => titled(options[index]?.['text'])).join(', ')}.`,
    isVotedOn && `${count} ${count === 1 ? 'person has' : 'people have'} voted.`,
    isVotedOn && votes.length === options.length && `Votes for each, in order: ${votes.join(', ')}.`,
    isClosed === true && 'It is closed.',
  )
}

/** The right answers of a quiz, as far as Telegram tells them: one in older versions, several in newer ones. */
function rightOptions(value: unknown): readonly number[] {
  const { correct_option_id: one, correct_option_ids: several } = membersOf(value)
  return [one, ...(Array.isArray(several) ? several : [])].filter(isCount)
}

export function checklist(value: unknown): string {
  const { tasks } = membersOf(value)
  const done = listOf(tasks).filter(
    ({ completion_date: at, completed_by_user: by, completed_by_chat: chat }) => {
      return (isCount(at) && at > 0) || by !== undefined || chat !== undefined
    },
  )
  return done.length === 0 ? '' : `Done: ${done.map(({ text }) => titled(text)).join(', ')}.`
}

const titled = (text: unknown): string => `“${typeof text === 'string' ? oneLine(text) : ''}”`

export function paidMedia(value: unknown): string {
  const { star_count: stars, paid_media: media } = membersOf(value)
  const kinds = listOf(media).map(({ type }) => String(type).replaceAll('_', ' ').slice(0, 20))
  return sentences(
    kinds.length > 0 && `Of the kinds: ${kinds.join(', ')}.`,
    isCount(stars) && `The price is ${stars} Telegram Stars.`,
    'They cannot be opened here.',
  )
}

export function invoice(value: unknown): string {
  const { total_amount: amount, currency } = membersOf(value)
  if (!isCount(amount) || typeof currency !== 'string') return ''
  return `The amount is ${amount} ${oneLine(currency)}, in the smallest unit of that currency.`
}

export function giveaway(value: unknown): string {
  const { winner_count: winners, winners_selection_date: end, prize_star_count: stars } = membersOf(value)
  const { premium_subscription_month_count: months } = membersOf(value)
  const date = isCount(end) ? new Date(end * 1_000) : undefined
  return sentences(
    isCount(winners) && `It has ${winners} winners.`,
    isCount(stars) && `They share ${stars} Telegram Stars.`,
    isCount(months) && `Each gets ${months} months of Telegram Premium.`,
    date !== undefined && !Number.isNaN(date.getTime()) && `The winners are drawn on ${date.toISOString()}.`,
  )
}

export function shared(value: unknown): string {
  const { users, chat_id: chat } = membersOf(value)
  const ids = [...listOf(users).map(({ user_id: id }) => id), chat].filter(isCount)
  return ids.length === 0 ? '' : `Telegram's numbers for them: ${ids.join(', ')}.`
}

export function gift(value: unknown): string {
  const { star_count: stars } = membersOf(membersOf(value)['gift'])
  return isCount(stars) ? `It is worth ${stars} Telegram Stars.` : ''
}
