import { randomBytes } from 'node:crypto'
import type { MessageContext, PluginResult, Reply, Store } from '@pluggram/sdk'
import { closePoll, parsePoll, PollError, pollSchema, renderPoll, vote } from './poll.ts'
import type { Poll } from './poll.ts'
import { TEXTS } from './texts.ts'

const PRESS = /^(?:vote:(?<voted>[\w-]{12}):(?<option>\d{1,2})|close:(?<closed>[\w-]{12}))$/

/** Polls in the store, under ids that their buttons carry. */
export class Polls {
  readonly #store: Store
  readonly #keepSeconds: number

  constructor(store: Store, keepDays: number) {
    this.#store = store
    this.#keepSeconds = keepDays * 86_400
  }

  /** @throws PollError */
  async begin(args: string, context: MessageContext): Promise<PluginResult> {
    return { success: true, response: await this.create(parsePoll(args), context) }
  }

  async create(
    asked: Pick<Poll, 'question' | 'options'>,
    { chat, user }: Pick<MessageContext, 'chat' | 'user'>,
  ): Promise<Reply> {
    const id = randomBytes(9).toString('base64url')
    const poll: Poll = { ...asked, chatId: chat.id, creatorId: user.id, votes: {}, isClosed: false }
    await this.#store.set(keyOf(id), poll, { ttlSeconds: this.#keepSeconds })
    return renderPoll(id, poll)
  }

  /**
   * A pressed button of a poll; `undefined` if it is none.
   * @throws PollError
   */
  async press(data: string, context: MessageContext): Promise<PluginResult | undefined> {
    const groups = PRESS.exec(data)?.groups
    if (!groups) return undefined
    const { voted, closed, option } = groups
    const id = voted ?? closed ?? ''
    const { user, role } = context
    const poll = await this.#change(id, context, (current) =>
      voted === undefined
        ? closePoll(current, { userId: user.id, isOwner: role === 'owner' })
        : vote(current, user.id, Number(option)),
    )
    return { success: true, response: { ...renderPoll(id, poll), editMessageId: context.message.id } }
  }

  async #change(id: string, { chat }: MessageContext, change: (poll: Poll) => Poll): Promise<Poll> {
    const changed = await this.#store.update<unknown>(
      keyOf(id),
      (stored) => {
        const { data: poll } = pollSchema.safeParse(stored)
        // a button's data comes from outside, so it reaches polls of its own chat only
        if (poll?.chatId !== chat.id) throw new PollError(TEXTS.pollNoLongerExists)
        return change(poll)
      },
      { ttlSeconds: this.#keepSeconds },
    )
    return pollSchema.parse(changed)
  }
}

function keyOf(id: string): string {
  return `poll:${id}`
}
