import type { DatabaseSync } from 'node:sqlite'
import type { LiveSettings } from '@pluggram/config'
import type { Logger } from '@pluggram/sdk'
import type { SecretMask } from '@pluggram/observability'
import { botIdOf, createSqliteAccessStore } from '@pluggram/storage'
import type { AccessStore } from '@pluggram/storage'
import { createAccessControl } from './access-control.ts'
import type { Roles } from './access-control.ts'
import { createOwnerPairing } from './owner-pairing.ts'

export interface AccessOptions {
  readonly database: DatabaseSync
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
export function prepareAccess({ database, settings, mask, logger }: AccessOptions): Access {
  const store = createSqliteAccessStore(database, { bot: botIdOf(settings.now.telegram.botToken) })
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
