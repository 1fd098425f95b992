import type { RecordedCall } from './call-journal.ts'
import type { EmulatorControl } from './control.ts'
import type { ChatDriver, EmulatedUser } from './drive-types.ts'
import type { FaultInjector } from './faults.ts'

/** A running Bot API with one bot, chats to drive and faults to inject. */
export interface BotApiEmulator {
  /** The root of the Bot API, such as `http://127.0.0.1:8081`; what `TELEGRAM_API_ROOT` takes. */
  readonly url: string
  readonly token: string
  readonly bot: EmulatedUser
  /** What people do in chats. */
  readonly driver: ChatDriver
  /** What happens to the bot besides. */
  readonly control: EmulatorControl
  readonly faults: FaultInjector
  /** The latest Bot API calls, oldest first. */
  calls(): readonly RecordedCall[]
  /** Chats, files and waiting updates as bytes; `createBotApiEmulator({ state })` goes on from there. */
  saveState(): Uint8Array
  /** Ends held polls, webhook deliveries and event streams, then the server. */
  close(): Promise<void>
}
