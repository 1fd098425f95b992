import type { MessageContext } from '@pluggram/sdk'
import { isSameQuestion } from './asked-message.ts'

type Asker = Pick<MessageContext, 'chat' | 'user' | 'message'>
/** Who wants to stop an answer. */
type Stopper = Pick<MessageContext, 'chat' | 'user' | 'role' | 'groupRights'>

/** An answer that is being written. */
export interface RunningAnswer {
  /** Part of the data of its Stop button. */
  readonly id: string
  /** Aborted when somebody stops the answer. */
  readonly signal: AbortSignal
  /** True when the question has new words, which are answered instead. */
  readonly isReplaced: boolean
  end(): void
}

/** `theirs`: somebody else asked, and only they, trusted users and owners may stop it. */
export type StopOutcome = 'stopped' | 'theirs' | 'nothing'

interface Entry extends Asker {
  readonly controller: AbortController
  readonly ended: PromiseWithResolvers<void>
  isReplaced: boolean
}

/**
 * Answers that nobody reads never end here. The limit is higher than the number that can be written
 * at once.
 */
const MAX_ENTRIES = 1_000

/** The answers that are being written now, so that they can be stopped. */
export class RunningAnswers {
  readonly #entries = new Map<string, Entry>()

  begin({ chat, user, message }: Asker): RunningAnswer {
    const id = crypto.randomUUID().slice(0, 13)
    const controller = new AbortController()
    const ended = Promise.withResolvers<void>()
    const entry: Entry = { chat, user, message, controller, ended, isReplaced: false }
    this.#entries.set(id, entry)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > MAX_ENTRIES && oldest !== undefined) this.#entries.delete(oldest)
    return {
      id,
      signal: controller.signal,
      get isReplaced() {
        return entry.isReplaced
      },
      end: () => {
        this.#entries.delete(id)
        ended.resolve()
      },
    }
  }

  /**
   * Ends the answer to a message that its author edited, or to an album of which a part came late. Returns the message as it was, once the
   * answer has ended; `undefined` when it is not being answered.
   */
  async replace({ chat, user, message }: Asker): Promise<Asker['message'] | undefined> {
    const entry = this.#entries
      .values()
      .find(
        (item) =>
          item.chat.id === chat.id && item.user.id === user.id && isSameQuestion(item.message, message),
      )
    if (!entry) return undefined
    entry.isReplaced = true
    entry.controller.abort(new Error('The user edited the question.'))
    await entry.ended.promise
    return entry.message
  }

  /** Stops all answers that are being written in a chat and topic. */
  stopAll(stopper: Stopper): StopOutcome {
    const { id, topicId } = stopper.chat
    const here = [...this.#entries.values()].filter(({ chat }) => chat.id === id && chat.topicId === topicId)
    const own = here.filter((entry) => mayStop(entry, stopper))
    for (const { controller } of own) controller.abort(new Error('The user stopped the answer.'))
    if (own.length > 0) return 'stopped'
    return here.length > 0 ? 'theirs' : 'nothing'
  }

  /** Stops the answer that a button belongs to. */
  async stop(answerId: string, stopper: Stopper): Promise<StopOutcome> {
    const entry = this.#entries.get(answerId)
    if (entry?.chat.id !== stopper.chat.id) return 'nothing'
    if (!mayStop(entry, stopper) && !(await isAsker(entry, stopper))) return 'theirs'
    entry.controller.abort(new Error('The user stopped the answer.'))
    return 'stopped'
  }
}

/**
 * Whether the presser of a button is the one who asked. An anonymous administrator asks as the group,
 * but Telegram names the person who presses.
 */
export async function isAsker(
  { chat, user }: Pick<MessageContext, 'chat' | 'user'>,
  presser: Pick<MessageContext, 'user' | 'groupRights'>,
): Promise<boolean> {
  if (user.id === presser.user.id) return true
  if (chat.type === 'private' || user.id !== chat.id) return false
  return (await presser.groupRights()).userIsAdministrator
}

function mayStop({ user }: Entry, stopper: Stopper): boolean {
  return user.id === stopper.user.id || stopper.role !== 'everyone'
}
