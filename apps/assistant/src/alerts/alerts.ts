import { errorMessage } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'
import type { StoreBackend } from '@pluggram/sdk/runtime'
import { ALERT_KINDS } from './alert-kinds.ts'
import type { Alert, AlertKind, AlertSettings } from './alert-kinds.ts'
import { AlertDesk, isOnItsWay } from './alert-desk.ts'
import type { DeskRules } from './alert-desk.ts'
import { alertMessage } from './alert-messages.ts'
import type { AlertPost } from './alert-post.ts'
import { newRecipient } from './alert-state.ts'
import type { Letter, RecipientState } from './alert-state.ts'
import { alertTexts } from './alert-texts.ts'
import { clockIn, isQuiet } from './quiet-hours.ts'

const BUSY_MS = 1_000
const IDLE_MS = 5_000
const DAY_MS = 24 * 60 * 60_000

export interface AlertsOptions {
  readonly settings: () => AlertSettings
  /** Owners' ids. */
  readonly owners: () => readonly number[]
  readonly zoneOf: (userId: number) => string
  /** Everything that is wrong now; `undefined` while that is not known yet. */
  readonly current: () => readonly Alert[] | undefined
  /** Whether the database takes no writes, so that nothing can pass through the outbox. */
  readonly isStorageDown: () => boolean
  /** Whether messages do not leave, although Telegram may answer other calls. */
  readonly isSendingDown: () => boolean
  readonly post: AlertPost
  readonly store: StoreBackend
  readonly logger: Logger
}

interface Recipient {
  readonly state: RecipientState
  /** What is on disk. */
  kept: string
}

interface Round {
  readonly rules: DeskRules
  /** Asked once a round, and only when there is something to tell. */
  readonly canSend: () => Promise<boolean>
}

/** Tells each owner what does not work, and when it works again. */
export class Alerts {
  readonly #options: AlertsOptions
  readonly #recipients = new Map<number, Recipient>()
  readonly #underWay = new Set<string>()
  #isStopped = false

  constructor(options: AlertsOptions) {
    this.#options = options
  }

  /** Who is told. */
  recipients(): readonly number[] {
    const { to } = this.#options.settings()
    return to.length > 0 ? to : this.#options.owners()
  }

  /** Recipients to whom the last alert could not be delivered. */
  unreachable(): readonly number[] {
    return [...this.#recipients]
      .filter(([, { state }]) => state.letters.at(-1)?.hasFailed === true)
      .map(([userId]) => userId)
  }

  /**
   * Looks what is to be told. Called again and again, one call after another.
   * @returns how long until the next look, in milliseconds
   */
  async round(): Promise<number> {
    const current = this.#options.current()
    if (!current || !this.#options.settings().enabled) return IDLE_MS
    let isBusy = current.length > 0
    let asked: Promise<boolean> | undefined
    const canSend = (): Promise<boolean> => (asked ??= this.#canSend())
    for (const userId of this.recipients()) {
      const recipient = await this.#recipient(userId)
      const rules = this.#rules(userId)
      new AlertDesk(recipient.state, rules).see(current)
      await this.#tell(userId, recipient, { rules, canSend })
      isBusy ||= Object.keys(recipient.state.alerts).length + recipient.state.past.length > 0
    }
    return isBusy ? BUSY_MS : IDLE_MS
  }

  /** What is on its way stays so for the next start. */
  stop(): void {
    this.#isStopped = true
  }

  /** Sends a letter that says nothing but that letters arrive. */
  async test(userId: number): Promise<void> {
    const recipient = await this.#recipient(userId)
    const letter = new AlertDesk(recipient.state, this.#rules(userId)).test({
      id: 'test',
      kind: 'other',
      what: alertTexts.test,
      why: alertTexts.testWhy,
      fix: alertTexts.testFix,
    })
    await this.#keep(userId, recipient)
    this.#send(userId, recipient, letter)
  }

  async state(userId: number): Promise<RecipientState> {
    return (await this.#recipient(userId)).state
  }

  /** Changes what is remembered of a letter, and gives it back; `undefined` when it is too old. */
  async change(
    userId: number,
    no: number,
    change: (letter: Letter, state: RecipientState) => void,
  ): Promise<Letter | undefined> {
    const recipient = await this.#recipient(userId)
    const letter = recipient.state.letters.find((one) => one.no === no)
    if (!letter) return undefined
    change(letter, recipient.state)
    await this.#keep(userId, recipient)
    return letter
  }

  /** Mutes what a letter told for a day. */
  mute(userId: number, no: number): Promise<Letter | undefined> {
    return this.change(userId, no, (letter, state) => {
      letter.mutedUntil = Date.now() + DAY_MS
      for (const { id } of letter.items) state.muted[id] = letter.mutedUntil
    })
  }

  async unmute(userId: number, id: string): Promise<void> {
    const recipient = await this.#recipient(userId)
    delete recipient.state.muted[id]
    await this.#keep(userId, recipient)
  }

  /** A letter that waits in the outbox would arrive when it is no longer true. */
  async #canSend(): Promise<boolean> {
    return !this.#options.isSendingDown() && this.#options.post.canSend()
  }

  async #tell(userId: number, recipient: Recipient, { rules, canSend }: Round): Promise<void> {
    const { state } = recipient
    for (const letter of state.letters.filter(isOnItsWay)) this.#send(userId, recipient, letter)
    const isSomething = hasContent(new AlertDesk(structuredClone(state), rules).next())
    const { letter, changed } =
      isSomething && (await canSend()) ? this.#seeAgain(userId, recipient).next() : {}
    // kept first: after a crash it is sent again under the same key, and not twice
    await this.#keep(userId, recipient)
    if (changed?.messageId !== undefined && !this.#options.isStorageDown()) {
      const message = alertMessage(changed, this.#options.zoneOf(userId))
      await this.#options.post.change(userId, changed.messageId, message)
    }
    if (letter) this.#send(userId, recipient, letter)
  }

  /** The answer may have taken long; what is told is true now. */
  #seeAgain(userId: number, { state }: Recipient): AlertDesk {
    const desk = new AlertDesk(state, this.#rules(userId))
    desk.see(this.#options.current() ?? [])
    return desk
  }

  #send(userId: number, recipient: Recipient, letter: Letter): void {
    const { post, isStorageDown, zoneOf } = this.#options
    const key = `${userId}:${letter.no}`
    if (this.#underWay.has(key)) return
    this.#underWay.add(key)
    const { text, buttons } = alertMessage(letter, zoneOf(userId))
    const first = recipient.state.letters.find(({ no }) => no === letter.answers)
    const reply = {
      text,
      ...(buttons.length > 0 && { buttons }),
      ...(first?.messageId !== undefined && { replyToMessageId: first.messageId }),
      // good news wakes nobody
      ...(letter.kind === 'end' && { silent: true }),
    }
    const send = (): Promise<number | undefined> =>
      isStorageDown() ? post.sendPlain(userId, text) : post.send(userId, letter.no, reply)
    void this.#note(userId, letter, send)
      .then(() => this.#keep(userId, recipient))
      .finally(() => this.#underWay.delete(key))
  }

  async #note(userId: number, letter: Letter, send: () => Promise<number | undefined>): Promise<void> {
    const { logger } = this.#options
    try {
      const messageId = await send()
      letter.messageId = messageId
      letter.hasFailed = messageId === undefined
      logger.info('told an owner', { owner: userId, letter: letter.no, alerts: letter.items.length })
    } catch (error) {
      // the next start sends it
      if (this.#isStopped) return
      letter.hasFailed = true
      logger.warn('cannot tell an owner what is wrong', { owner: userId, error: errorMessage(error) })
    }
  }

  #rules(userId: number): DeskRules {
    const settings = this.#options.settings()
    const { date, time } = clockIn(this.#options.zoneOf(userId), new Date())
    const isNight = isQuiet(settings.quietHours, time)
    const waitSeconds: Partial<Record<AlertKind, number>> = settings.waitSeconds
    return {
      now: Date.now(),
      date,
      isOn: (kind) => !settings.off.includes(kind),
      mayTell: (kind) => !isNight || settings.urgent.includes(kind),
      waitMs: (kind) => (waitSeconds[kind] ?? ALERT_KINDS[kind].waitSeconds) * 1_000,
      groupMs: settings.groupSeconds * 1_000,
      perDay: settings.perDay,
    }
  }

  async #recipient(userId: number): Promise<Recipient> {
    const known = this.#recipients.get(userId)
    if (known) return known
    const kept = (await this.#options.store.read(String(userId)))?.json ?? ''
    const state = kept === '' ? newRecipient() : (JSON.parse(kept) as RecipientState)
    const recipient = this.#recipients.get(userId) ?? { state, kept }
    this.#recipients.set(userId, recipient)
    return recipient
  }

  /** A disk that takes nothing must not keep owners from being told. */
  async #keep(userId: number, recipient: Recipient): Promise<void> {
    const json = JSON.stringify(recipient.state)
    if (json === recipient.kept || this.#isStopped) return
    recipient.kept = json
    try {
      await this.#options.store.write(String(userId), { json, expiresAt: null })
    } catch (error) {
      recipient.kept = ''
      this.#options.logger.debug('cannot keep what an owner was told', { err: error })
    }
  }
}

function hasContent({ letter, changed }: { readonly letter?: Letter; readonly changed?: Letter }): boolean {
  return letter !== undefined || changed !== undefined
}
