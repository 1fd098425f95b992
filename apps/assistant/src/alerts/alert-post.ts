import { withinTime } from '@pluggram/base'
import type { Reply } from '@pluggram/sdk'
import type { Outgoing } from '../parts/tokens.ts'

/** The plugin name that sends alerts and receives their buttons. No other plugin may use it. */
export const ALERTS_PLUGIN = 'alerts'

const PATIENCE_MS = 5_000

/** How alerts leave. */
export class AlertPost {
  readonly #outgoing: Pick<Outgoing, 'call' | 'post'>

  constructor(outgoing: Pick<Outgoing, 'call' | 'post'>) {
    this.#outgoing = outgoing
  }

  /** Whether Telegram answers now. While it does not, letters are not even written. */
  async canSend(): Promise<boolean> {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const asked = this.#outgoing.call('getMe', {}, signal).then(
      () => true,
      () => false,
    )
    return withinTime(asked, PATIENCE_MS, () => false)
  }

  /**
   * Sends a message once, also when it is called again after a crash.
   * @returns its id, once Telegram has accepted it
   */
  async send(userId: number, no: number, reply: Reply): Promise<number | undefined> {
    const { sent } = await this.#post(userId, reply, `${userId}:${no}`)
    return (await sent)[0]?.id
  }

  /** Sends without the outbox, which needs a database that takes writes. */
  async sendPlain(userId: number, text: string): Promise<number | undefined> {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const sent = await this.#outgoing.call('sendMessage', { chat_id: userId, text }, signal)
    const { message_id: id } = sent as { readonly message_id?: unknown }
    return typeof id === 'number' ? id : undefined
  }

  /** Changes a message; it does not matter whether that succeeds. */
  async change(userId: number, messageId: number, reply: Reply): Promise<void> {
    await this.#post(userId, { ...reply, editMessageId: messageId }).then(
      ({ sent }) => void sent.catch(() => {}),
      () => {},
    )
  }

  #post(userId: number, reply: Reply, key?: string): ReturnType<Outgoing['post']> {
    return this.#outgoing.post({
      plugin: ALERTS_PLUGIN,
      chat: { id: userId, type: 'private' },
      replies: [reply],
      isBroadcast: false,
      ...(key !== undefined && { key }),
    })
  }
}
