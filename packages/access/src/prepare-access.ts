import type { LiveSettings } from '@pluggram/config'
import type { Logger } from '@pluggram/sdk'
import type { SecretMask } from '@pluggram/observability'
import type { AccessStore } from '@pluggram/storage'
import { createAccessControl } from './access-control.ts'
import type { Roles } from './access-control.ts'
import { createOwnerPairing } from './owner-pairing.ts'

export interface AccessOptions {
  /** Decisions that owners made by chat. */
  readonly store: AccessStore
  readonly settings: LiveSettings
  readonly mask: SecretMask
  readonly logger: Logger
}

export interface Access {
  readonly control: Roles
  readonly store: AccessStore
  /**
   * The code that makes its sender the owner. `undefined` if there is an owner already, and in the
   * playground.
   */
  pairingCode(): string | undefined
}

/**
 * Sets up access control from config.json, decisions made by chat, and the pairing of the first
 * owner.
 */
export function prepareAccess({ store, settings, mask, logger }: AccessOptions): Access {
  const lists = settings.at('access')
  const isPlayground = settings.now.telegram.botToken === undefined
  const hasOwner = lists.now.owners.length > 0 || store.parties().some(({ standing }) => standing === 'owner')
  const pairing = isPlayground || hasOwner ? undefined : createOwnerPairing()
  const code = pairing?.code()
  if (code !== undefined) mask.add([code, code.replace('-', '')])
  return {
    control: createAccessControl({ lists, store, pairing, isPlayground, logger }),
    store,
    pairingCode: () => pairing?.code(),
  }
}
