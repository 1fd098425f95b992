import { randomBytes } from 'node:crypto'
import { KeyLock } from '@pluggram/base'
import { errorMessage, z } from '@pluggram/sdk'
import type { Chat, Logger, Reply, Store } from '@pluggram/sdk'
import type { CallContext } from '@pluggram/sdk/runtime'
import { approvalQuestion, MAX_SHOWN_ARGUMENTS, shownArguments } from './approval-message.ts'
import { approvalSchema, fingerprintOf } from './approval-record.ts'
import type { Approval } from './approval-record.ts'
import { chatKey } from './chat-key.ts'
import type { OfferedTool } from './offered-tools.ts'
import { pluginTitle } from './plugin-title.ts'
import { visibleText } from './visible-text.ts'

/**
 * The plugin name that sends the questions and receives their buttons. No other plugin may use it.
 */
export const APPROVALS_PLUGIN = 'approvals'

/** Sends a message as the plugin `approvals`; resolves once it is in the chat. */
export type SendQuestion = (chat: Chat, reply: Reply) => Promise<unknown>

export interface ApprovalsOptions {
  /** Stores open approvals across restarts. */
  readonly store: Store
  readonly send: SendQuestion
  readonly approvalSeconds: () => number
  readonly logger: Logger
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export interface ApprovalRequest {
  readonly offered: OfferedTool
  readonly args: unknown
  readonly context: CallContext
  /** Why a person must approve the call. */
  readonly reason: string
  /** Addresses that the tool wants to request, besides those in its arguments. */
  readonly addresses?: readonly string[]
  /** The answer waits for the decision. */
  readonly isAwaited?: boolean
  /** A person may allow the same for good. */
  readonly isGrantable?: boolean
}

/**
 * `asked`: the question was sent, or an earlier try of the same answer sent it. `waiting`: another
 * answer asked the same and waits. `settled`: an
 * earlier try of the same answer asked, and a person has decided since.
 */
export type AskOutcome =
  | { readonly asked: Approval }
  | 'waiting'
  | { readonly settled: Approval }
  | { readonly refused: string }

/** Limit of open questions in a chat. Nobody would read more. */
const MAX_OPEN = 5
/** For this long, a press on a settled or expired question still gets an explanation. */
const REMEMBERED_SECONDS = 7 * 86_400

/** Limit of addresses to remember with an approval. */
const MAX_ADDRESSES = 20

const idsSchema = z.array(z.string())

/**
 * Calls that wait for approval. Each is stored with its arguments before its question is sent, so
 * that exactly what was shown is executed.
 *
 *   open ──Refuse──▶ refused        open ──time passes──▶ (a press is too late)
 *     └──Approve──▶ running ──▶ done         open ──the tool changed──▶ void
 *
 * One answer asks once for one call, however often it is tried: after a crash, the next try finds
 * what was decided meanwhile, so that the call cannot be approved and made a second time.
 */
export class Approvals {
  readonly #options: ApprovalsOptions
  readonly #locks = new KeyLock()

  constructor(options: ApprovalsOptions) {
    this.#options = options
  }

  /** Sends the question to the chat. */
  ask(request: ApprovalRequest): Promise<AskOutcome> {
    return this.#locks.run(chatKey(request.context.chat), () => this.#ask(request))
  }

  async find(id: string): Promise<Approval | undefined> {
    return approvalSchema.safeParse(await this.#options.store.get(keyFor(id))).data
  }

  /**
   * Moves an approval from one state to another.
   * @returns false when another press did it first
   */
  move(
    approval: Approval,
    from: Approval['state'],
    to: Approval['state'],
    told: Pick<Approval, 'answer' | 'result'> = {},
  ): Promise<boolean> {
    return this.#locks.run(approval.id, async () => {
      const current = await this.find(approval.id)
      if (current?.state !== from) return false
      await this.#keep({ ...current, ...told, state: to })
      return true
    })
  }

  isExpired({ expiresAt }: Approval): boolean {
    return this.#options.now() >= expiresAt
  }

  /** Closes a question that nobody decided in time. */
  async expire(id: string): Promise<void> {
    const approval = await this.find(id)
    if (approval && this.isExpired(approval))
      await this.move(approval, 'open', 'void', { result: 'nobody decided in time' })
  }

  async #ask(request: ApprovalRequest): Promise<AskOutcome> {
    const { offered, args, context, reason, addresses, isAwaited = false, isGrantable = false } = request
    const { chat, user } = context
    if (chat.id === 0) return { refused: 'nobody can approve it where this call comes from' }
    // anonymous administrators all share the chat's id, so the user cannot be told apart
    if (chat.type !== 'private' && user.id === chat.id) {
      return { refused: 'the person who asked must approve it, and it is not known who asked' }
    }
    if (shownArguments(args).length > MAX_SHOWN_ARGUMENTS) {
      return { refused: 'its arguments are too long to be shown to a person; make them shorter' }
    }
    const seconds = this.#options.approvalSeconds()
    const approval = {
      ...this.#create(offered, args, context, seconds),
      ...(addresses && { addresses: addresses.slice(0, MAX_ADDRESSES) }),
      ...(isAwaited && { turn: context.idempotencyKey }),
    }
    const decided = await this.#decided(approval, context)
    if (decided) return { settled: decided }
    const open = await this.#open(context)
    const same = open.find(({ fingerprint }) => fingerprint === approval.fingerprint)
    if (same) return isAwaited && same.turn === approval.turn ? { asked: same } : 'waiting'
    if (open.length >= MAX_OPEN) return { refused: `${MAX_OPEN} other calls wait for approval already` }
    await this.#keep(approval)
    await this.#options.store.set(answerKey(approval, context), approval.id, {
      ttlSeconds: REMEMBERED_SECONDS,
    })
    await this.#options.store.set(openKey(context), [...open.map(({ id }) => id), approval.id], {
      ttlSeconds: REMEMBERED_SECONDS,
    })
    try {
      // sent before the answer continues, so that the buttons are there when it mentions the
      // approval
      await this.#options.send(chat, approvalQuestion(approval, { reason, seconds, isGrantable }))
      return { asked: approval }
    } catch (error) {
      this.#options.logger.warn(
        `The approval of ${offered.id} could not be asked for: ${errorMessage(error)}`,
      )
      await this.move(approval, 'open', 'void')
      return { refused: 'the question could not be sent' }
    }
  }

  #create({ plugin, tool }: OfferedTool, args: unknown, context: CallContext, seconds: number): Approval {
    const { chat, user } = context
    const call = {
      plugin: plugin.descriptor.name,
      tool: tool.name,
      args: args ?? {},
      chatId: chat.id,
      userId: user.id,
    }
    return {
      ...call,
      id: randomBytes(9).toString('base64url'),
      fingerprint: fingerprintOf(call, tool),
      ...(chat.topicId !== undefined && { topicId: chat.topicId }),
      title: pluginTitle(plugin.descriptor),
      userName: visibleText(user.firstName),
      expiresAt: this.#options.now() + seconds * 1_000,
      state: 'open',
    }
  }

  /** What a person decided about the call since this answer first asked for it. */
  async #decided(call: Approval, context: CallContext): Promise<Approval | undefined> {
    const id = z.string().safeParse(await this.#options.store.get(answerKey(call, context))).data
    const asked = id === undefined ? undefined : await this.find(id)
    return asked?.state === 'open' || asked?.state === 'void' ? undefined : asked
  }

  /** The approvals of a chat that are still open. */
  async #open(context: CallContext): Promise<readonly Approval[]> {
    const ids = idsSchema.safeParse(await this.#options.store.get(openKey(context))).data ?? []
    const found = await Promise.all(ids.map((id) => this.find(id)))
    return found.filter(
      (approval): approval is Approval => approval?.state === 'open' && !this.isExpired(approval),
    )
  }

  #keep(approval: Approval): Promise<void> {
    return this.#options.store.set(keyFor(approval.id), approval, { ttlSeconds: REMEMBERED_SECONDS })
  }
}

function keyFor(id: string): string {
  return `approval:${id}`
}

/** The same in every try of an answer, for the same call. */
function answerKey({ fingerprint }: Approval, { idempotencyKey }: CallContext): string {
  return `answer:${idempotencyKey}:${fingerprint}`
}

function openKey({ chat }: CallContext): string {
  return `open:${chatKey(chat)}`
}
