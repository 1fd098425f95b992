import { z } from '@pluggram/sdk'
import type { Reply } from '@pluggram/sdk'
import { TEXTS } from './texts.ts'

/** A message for a user about something that is not possible. */
export class PollError extends Error {}

const MAX_OPTIONS = 12
const MAX_QUESTION = 300
const MAX_OPTION = 60
/** With more people, a poll would exceed the store's limit for one value. */
const MAX_VOTERS = 20_000
const BAR = 10

export const pollSchema = z.object({
  chatId: z.number(),
  creatorId: z.number(),
  question: z.string(),
  options: z.array(z.string()),
  /** User → option. */
  votes: z.record(z.string(), z.int()),
  isClosed: z.boolean(),
})

export type Poll = z.infer<typeof pollSchema>

/**
 * Parses `Lunch?; Pizza; Soup`, also with line breaks between the parts.
 * @throws PollError
 */
export function parsePoll(args: string): Pick<Poll, 'question' | 'options'> {
  const [question = '', ...options] = args
    .split(/[;\n]/)
    .map((part) => part.replaceAll(/\s+/g, ' ').trim())
    .filter((part) => part !== '')
  return checkPoll(question, options)
}

/** @throws PollError */
export function checkPoll(
  question: string,
  options: readonly string[],
): { readonly question: string; readonly options: string[] } {
  if (question === '' || options.length < 2) {
    throw new PollError(TEXTS.pollNeedsQuestionLeast)
  }
  if (options.length > MAX_OPTIONS) throw new PollError(TEXTS.pollHasMostAnswers(MAX_OPTIONS))
  if (question.length > MAX_QUESTION) throw new PollError(TEXTS.questionHasMostCharacters(MAX_QUESTION))
  if (options.some((option) => option.length > MAX_OPTION)) {
    throw new PollError(TEXTS.answerHasMostCharacters(MAX_OPTION))
  }
  if (new Set(options.map((option) => option.toLowerCase())).size < options.length) {
    throw new PollError(TEXTS.twoAnswersSame)
  }
  return { question, options: [...options] }
}

/**
 * Gives a user's single vote to an option. Voting again for the same option takes the vote back.
 * @throws PollError
 */
export function vote(poll: Poll, userId: number, option: number): Poll {
  if (poll.isClosed) throw new PollError(TEXTS.pollHasEnded)
  if (!(option in poll.options)) throw new PollError(TEXTS.pollDoesNotHave)
  const { [String(userId)]: before, ...others } = poll.votes
  if (before === undefined && Object.keys(others).length >= MAX_VOTERS) {
    throw new PollError(TEXTS.pollFull)
  }
  return { ...poll, votes: before === option ? others : { ...others, [String(userId)]: option } }
}

/** Who may end a poll: the user who started it, and the assistant's owner. */
export function closePoll(poll: Poll, { userId, isOwner }: { userId: number; isOwner: boolean }): Poll {
  if (poll.isClosed) throw new PollError(TEXTS.pollHasAlreadyEnded)
  if (poll.creatorId !== userId && !isOwner) throw new PollError(TEXTS.onlyPersonWhoStarted)
  return { ...poll, isClosed: true }
}

/** The poll as a message with its counts, and buttons while it is open. */
export function renderPoll(id: string, poll: Poll): Reply {
  const { options, question, isClosed } = poll
  const cast = Object.values(poll.votes)
  const counts = options.map((_option, index) => cast.filter((choice) => choice === index).length)
  const total = cast.length
  const most = Math.max(...counts)
  const lines = options.map((option, index) => {
    const count = counts[index] ?? 0
    const share = total === 0 ? 0 : count / total
    const filled = Math.round(share * BAR)
    const won = isClosed && most > 0 && count === most ? ' 🏆' : ''
    return `${option}${won}\n${'▰'.repeat(filled)}${'▱'.repeat(BAR - filled)} ${count} (${Math.round(share * 100)} %)`
  })
  const votes = `${total} ${total === 1 ? 'vote' : 'votes'}`
  const end = isClosed ? TEXTS.pollEnded(votes) : TEXTS.tapAgainRemoveVote(votes)
  return {
    text: [`📊 ${question}`, ...lines, end].join('\n\n'),
    buttons: isClosed
      ? []
      : [
          ...options.map((option, index) => [
            { text: `${option} · ${counts[index] ?? 0}`, data: `vote:${id}:${index}` },
          ]),
          [{ text: TEXTS.endPoll, data: `close:${id}` }],
        ],
  }
}
