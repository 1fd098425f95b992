import { createHash } from 'node:crypto'
import { KeyLock } from '@pluggram/base'
import { z } from '@pluggram/sdk'
import type { Chat, IncomingMessage, Logger, Store, User } from '@pluggram/sdk'
import type { CallContext, IncomingUpdate } from '@pluggram/sdk/runtime'
import type { ModelMessage } from 'ai'
import type { Approval } from './approval-record.ts'
import type { CallAnswer } from './tool-caller.ts'

const answerSchema = z.object({
  callId: z.string(),
  name: z.string(),
  /** What the model reads; absent while the call waits. */
  text: z.string().optional(),
  /** The tool's own text in it. */
  result: z.string().optional(),
  /** The approval for which the call waits, or waited. */
  approvalId: z.string().optional(),
})

const turnSchema = z.object({
  key: z.string(),
  /** The plugin that answers. */
  plugin: z.string(),
  chat: z.custom<Chat>(),
  user: z.custom<User>(),
  message: z.custom<Omit<IncomingMessage, 'date'> & { readonly date: number }>(),
  /** What the model said and read so far in this answer. */
  steps: z.custom<readonly ModelMessage[]>(),
  /** All results of tools in it. */
  results: z.array(z.string()),
  /** The calls of the last step. */
  answers: z.array(answerSchema),
  expiresAt: z.number(),
  isContinued: z.boolean(),
})
type WaitingTurn = z.infer<typeof turnSchema>

/** An answer as far as it went, with all its calls answered. */
export interface ResumedTurn {
  readonly steps: readonly ModelMessage[]
  /** The calls of the last step. */
  readonly answers: readonly CallAnswer[]
  /** All results of tools so far. */
  readonly results: readonly string[]
}

export interface WaitingTurnsOptions {
  readonly store: Store
  readonly find: (approvalId: string) => Promise<Approval | undefined>
  /** What the model reads of a call that was decided. */
  readonly outcome: (approval: Approval) => Pick<CallAnswer, 'text' | 'result'>
  /** Lets the plugin answer the message again; an update with the same id counts once. */
  readonly goOn: (update: IncomingUpdate) => Promise<void>
  /** Closes what nobody decided in time. */
  readonly expire: (approvalId: string) => Promise<void>
  readonly logger: Logger
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export interface TurnSoFar {
  readonly plugin: string
  readonly context: CallContext
  readonly steps: readonly ModelMessage[]
  readonly results: readonly string[]
  readonly answers: readonly CallAnswer[]
}

/** For this long, an answer that waited can be tried again after a crash. */
const KEEP_SECONDS = 7 * 86_400
const INDEX = 'turns'
const MAX_WAITING = 200
/** Timers cannot wait longer than this. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * Answers that wait until a person has decided about their calls. Each is on disk before it ends, and
 * goes on once: as an update of its own with the same message.
 *
 *   answer ──asks──▶ waiting ──all decided, or too late──▶ continued ──▶ the same answer
 *     └──all decided meanwhile──▶ (goes on at once)
 */
export class WaitingTurns {
  readonly #options: WaitingTurnsOptions
  readonly #locks = new KeyLock()
  readonly #timers = new Map<string, NodeJS.Timeout>()

  constructor(options: WaitingTurnsOptions) {
    this.#options = options
  }

  /**
   * Stores an answer whose calls wait. Pictures are left out.
   * @returns the calls' answers, if all are decided already: then it need not wait
   */
  wait({ context, ...turn }: TurnSoFar): Promise<readonly CallAnswer[] | undefined> {
    const key = context.idempotencyKey
    return this.#locks.run(key, async () => {
      const { chat, user, message } = context
      const record: WaitingTurn = {
        plugin: turn.plugin,
        steps: turn.steps.filter(({ role }) => role !== 'user'),
        key,
        chat,
        user,
        message: { ...message, date: message.date.getTime() },
        results: [...turn.results],
        answers: turn.answers.map(({ call, waitsFor, text, result }) => ({
          callId: call.id,
          name: call.name,
          ...(waitsFor === undefined ? { text } : { approvalId: waitsFor.id }),
          ...(result !== undefined && { result }),
        })),
        expiresAt: Math.max(...turn.answers.map(({ waitsFor }) => waitsFor?.expiresAt ?? 0)),
        isContinued: false,
      }
      const answers = await this.#decided(record)
      if (answers) return answers
      await this.#keep(record)
      await this.#note(key, true)
      this.#expireLater(record)
      return undefined
    })
  }

  /**
   * Lets an answer go on if nothing of it waits any more. Called after each decision, also again.
   * @returns false when it is not stored: it is still being written and finds the decision itself, or
   *   will never go on
   */
  decided(key: string): Promise<boolean> {
    return this.#locks.run(key, async () => {
      const turn = await this.#find(key)
      if (!turn) return false
      if (!(await this.#decided(turn))) return true
      if (!turn.isContinued) await this.#keep({ ...turn, isContinued: true })
      await this.#options.goOn(toUpdate(turn))
      await this.#note(key, false)
      clearTimeout(this.#timers.get(key))
      this.#timers.delete(key)
      return true
    })
  }

  /** Whether an earlier try of an answer got as far as to wait. */
  async isWaiting({ idempotencyKey, attempt }: CallContext): Promise<boolean> {
    return attempt > 1 && (await this.#find(idempotencyKey)) !== undefined
  }

  /** The answer that an update goes on with. */
  async resume({ continues }: Pick<CallContext, 'continues'>): Promise<ResumedTurn | undefined> {
    const turn = continues === undefined ? undefined : await this.#find(continues)
    const answers = turn && (await this.#decided(turn))
    return turn && answers && { steps: turn.steps, answers, results: turn.results }
  }

  /** Waits on for what an earlier run left. */
  async start(): Promise<void> {
    for (const key of await this.#index()) {
      const turn = await this.#find(key)
      if (!turn) await this.#note(key, false)
      else this.#expireLater(turn)
    }
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  #expireLater(turn: WaitingTurn): void {
    const wait = Math.min(MAX_TIMER_MS, Math.max(0, turn.expiresAt - this.#options.now()))
    const timer = setTimeout(() => {
      this.#expire(turn).catch((error: unknown) =>
        this.#options.logger.warn('an answer that waited for an approval could not go on', { err: error }),
      )
    }, wait)
    timer.unref()
    clearTimeout(this.#timers.get(turn.key))
    this.#timers.set(turn.key, timer)
  }

  async #expire({ key, answers }: WaitingTurn): Promise<void> {
    for (const { approvalId } of answers) if (approvalId !== undefined) await this.#options.expire(approvalId)
    await this.decided(key)
  }

  /** The answers to all calls; `undefined` as long as one is open or runs. */
  async #decided({ answers }: WaitingTurn): Promise<readonly CallAnswer[] | undefined> {
    const decided: CallAnswer[] = []
    for (const { callId, name, text, result, approvalId } of answers) {
      const call = { id: callId, name, args: undefined }
      if (approvalId === undefined) {
        decided.push({ call, text: text ?? '', ...(result !== undefined && { result }) })
        continue
      }
      const approval = await this.#options.find(approvalId)
      if (approval?.state === 'open' || approval?.state === 'running') return undefined
      const outcome = approval
        ? this.#options.outcome(approval)
        : { text: 'Nothing is known about it any more.' }
      decided.push({ call, ...outcome })
    }
    return decided
  }

  async #find(key: string): Promise<WaitingTurn | undefined> {
    return turnSchema.safeParse(await this.#options.store.get(keyFor(key))).data
  }

  #keep(turn: WaitingTurn): Promise<void> {
    return this.#options.store.set(keyFor(turn.key), turn, { ttlSeconds: KEEP_SECONDS })
  }

  async #index(): Promise<readonly string[]> {
    return z.array(z.string()).safeParse(await this.#options.store.get(INDEX)).data ?? []
  }

  /** Which answers wait, so that the next start finds them. */
  #note(key: string, isWaiting: boolean): Promise<void> {
    return this.#locks.run(INDEX, async () => {
      const others = (await this.#index()).filter((item) => item !== key)
      await this.#options.store.set(INDEX, isWaiting ? [...others, key].slice(-MAX_WAITING) : others)
    })
  }
}

function keyFor(turn: string): string {
  return `turn:${turn}`
}

/** The same message once more. Its id is below all of Telegram's and the same in every try. */
function toUpdate({ key, plugin, chat, user, message }: WaitingTurn): IncomingUpdate {
  const updateId = -2 - createHash('sha256').update(key).digest().readUIntBE(0, 6)
  return {
    updateId,
    kind: 'message',
    chat,
    user,
    message: { ...message, date: new Date(message.date) },
    continues: { plugin, turn: key },
  }
}
