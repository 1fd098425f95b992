import type { CallJournal } from './call-journal.ts'
import type { EmulatedUser } from './drive-types.ts'
import type { FaultInjector } from './faults.ts'
import type { BotProfile } from './bot-profile.ts'
import type { CallbackQueries } from './callback-queries.ts'
import type { UpdateQueue } from './update-queue.ts'
import type { Upload } from './upload.ts'
import type { Validator } from './validator.ts'
import type { WebhookDelivery } from './webhook-delivery.ts'
import type { World } from './world/world.ts'

/** The parts of an emulator that its methods and driver use. */
export interface Emulation {
  /** What the bot's program has to know; @BotFather can replace it. */
  token: string
  readonly bot: EmulatedUser
  readonly profile: BotProfile
  readonly world: World
  readonly updates: UpdateQueue
  readonly webhook: WebhookDelivery
  readonly faults: FaultInjector
  readonly journal: CallJournal
  readonly validator: Validator
  readonly queries: CallbackQueries
  /** Downloads a file that a bot references by its web address. */
  readonly fetchFile: (address: string) => Promise<Upload>
}
