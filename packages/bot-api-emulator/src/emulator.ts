import type { RecordedCall } from './call-journal.ts'
import type { EmulatorControl } from './control.ts'
import type { ChatDriver, EmulatedUser } from './drive-types.ts'
import type { FaultInjector } from './faults.ts'

/** A running Bot API with one bot, chats to control and faults to inject. */
export interface BotApiEmulator {
  /** The root of the Bot API for `TELEGRAM_API_ROOT`, such as `http://127.0.0.1:8081`. */
  readonly url: string
  readonly token: string
  readonly bot: EmulatedUser
  /** People's actions in chats. */
  readonly driver: ChatDriver
  /** Other things that happen to the bot. */
  readonly control: EmulatorControl
  readonly faults: FaultInjector
  /** The latest Bot API calls, oldest first. */
  calls(): readonly RecordedCall[]
  /**
   * Chats, files and pending updates as bytes, to be restored with `createBotApiEmulator({ state
   * })`.
   */
  saveState(): Uint8Array
  /** Ends held polls, webhook deliveries and event streams, then closes the server. */
  close(): Promise<void>
}
