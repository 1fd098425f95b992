import type { LiveSettings } from '@pluggram/config'
import type { Logger } from '@pluggram/sdk'
import type { SecretMask } from '@pluggram/observability'
import type { AccessStore } from '@pluggram/storage'
import { createAccessControl } from './access-control.ts'
import type { Roles } from './access-control.ts'
import { createOwnerPairing } from './owner-pairing.ts'

export interface AccessOptions {
  /** What was decided by chat. */
  readonly store: AccessStore
  readonly settings: LiveSettings
  readonly mask: SecretMask
  readonly logger: Logger
}

export interface Access {
  readonly control: Roles
  readonly store: AccessStore
  /** What makes whoever sends it to the bot the owner; `undefined` when there is an owner, and in the playground. */
  pairingCode(): string | undefined
}

/** Who may use the assistant: config.json, what was decided by chat, and the pairing of the first owner. */
export function prepareAccess({ store, settings, mask, logger }: AccessOptions): Access {
  const lists = settings.at('access')
  const isPlayground = settings.now.telegram.botToken === undefined
  const hasOwner = lists.now.owners.length > 0 || store.parties().some(({ standing }) => standing === 'owner')
  const pairing = isPlayground || hasOwner ? undefined : createOwnerPairing()
  const code = pairing?.code()
  if (code !== undefined) mask.add([code, code.replace('-', '')])
  return {
    control: createAccessControl({ settings: () => lists.now, store, pairing, isPlayground, logger }),
    store,
    pairingCode: () => pairing?.code(),
  }
}
