import type { LiveSettings } from '@pluggram/config'
import type { Logger } from '@pluggram/sdk'
import type { AccessControl } from '@pluggram/sdk/runtime'
import type { SecretMask } from '@pluggram/observability'
import type { AccessMode, AccessStore } from '@pluggram/storage'
import { createAccessControl } from './access-control.ts'
import { createAccessRules } from './access-rules.ts'
import type { AccessRules } from './access-rules.ts'
import { createDoorbell } from './doorbell.ts'
import type { Doorbell } from './doorbell.ts'
import { createOwnerPairing } from './owner-pairing.ts'

export interface AccessOptions {
  /** Decisions that owners made by chat. */
  readonly store: AccessStore
  readonly settings: LiveSettings
  readonly mask: SecretMask
  readonly logger: Logger
}

export interface Access {
  readonly control: AccessControl
  readonly rules: AccessRules
  readonly store: AccessStore
  readonly doorbell: Pick<Doorbell, 'onRing'>
  /**
   * The code that makes its sender the owner. `undefined` if there is an owner already, and in the
   * playground.
   */
  pairingCode(): string | undefined
  /** Decides about a user or a group; `undefined` takes the decision back. */
  decide(id: number, standing: Parameters<AccessStore['decide']>[1]): Promise<void>
  chooseMode(mode: AccessMode): Promise<void>
  /** Called when somebody else may be allowed to chat than before. */
  onChange(listener: () => void): void
}

/**
 * Sets up access control from config.json, decisions made by chat, and the pairing of the first
 * owner.
 */
export function prepareAccess({ store, settings, mask, logger }: AccessOptions): Access {
  const isPlayground = settings.now.telegram.botToken === undefined
  const rules = createAccessRules({ lists: settings.at('access'), store, isPlayground })
  const pairing = rules.isOwned() ? undefined : createOwnerPairing()
  const code = pairing?.code()
  if (code !== undefined) mask.add([code, code.replace('-', '')])
  const doorbell = createDoorbell()
  const listeners = new Set<() => void>()
  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  rules.onChange(tell)
  return {
    control: createAccessControl({ rules, store, pairing, doorbell, onPaired: tell, logger }),
    rules,
    store,
    doorbell,
    pairingCode: () => pairing?.code(),
    async decide(id, standing) {
      await store.decide(id, standing)
      tell()
    },
    async chooseMode(mode) {
      await store.chooseMode(mode)
      tell()
    },
    onChange: (listener) => void listeners.add(listener),
  }
}
