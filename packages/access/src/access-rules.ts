import type { AssistantSettings, Live } from '@pluggram/config'
import type { Role } from '@pluggram/sdk'
import type { AccessMode, AccessStore } from '@pluggram/storage'

type AccessSettings = AssistantSettings['access']

export interface AccessRulesOptions {
  /** The lists in config.json. */
  readonly lists: Live<AccessSettings>
  /** Decisions that owners made by chat. */
  readonly store: AccessStore
  /** The playground requires the owner's login, so everyone writing there is an owner. */
  readonly isPlayground: boolean
}

/** Who may do what now, by config.json and by what owners decided in chats. */
export interface AccessRules {
  /** `undefined` for a blocked user. */
  roleOf(userId: number): Role | undefined
  isBlocked(id: number): boolean
  /** Whether somebody without a role of their own may chat there. */
  mayChat(userId: number, chatId: number): boolean
  mode(): AccessMode
  /** True when config.json says who may chat, so that no chat can. */
  isModeFixed(): boolean
  /** Their ids; empty as long as nobody owns the assistant. */
  owners(): readonly number[]
  isOwned(): boolean
  /** Owners, then trusted people, as far as they are not blocked. */
  people(): ReadonlyMap<number, Role>
  /** Called when config.json changed. */
  onChange(listener: () => void): void
}

/**
 * An owner in config.json cannot be blocked, so that owners cannot lock themselves out. Otherwise a
 * block overrides every role. The remaining roles come from config.json and from decisions made by
 * chat.
 */
export function createAccessRules({ lists, store, isPlayground }: AccessRulesOptions): AccessRules {
  const listeners = new Set<() => void>()
  let sets = toSets(lists.now)
  lists.onChange((now) => {
    sets = toSets(now)
    for (const listener of listeners) listener()
  })

  const isBlocked = (id: number): boolean => sets.blocked.has(id) || store.standingOf(id) === 'blocked'
  const isOwned = (): boolean => isPlayground || sets.owners.size > 0 || store.hasOwner()

  function roleOf(userId: number): Role | undefined {
    if (isPlayground || sets.owners.has(userId)) return 'owner'
    if (isBlocked(userId)) return undefined
    const standing = store.standingOf(userId)
    if (standing === 'owner') return 'owner'
    return standing === 'trusted' || sets.trusted.has(userId) ? 'trusted' : 'everyone'
  }

  function mode(): AccessMode {
    return sets.mode ?? store.mode() ?? (isOwned() ? 'listed' : 'everyone')
  }

  return {
    roleOf,
    isBlocked,
    mode,
    isOwned,
    mayChat(userId, chatId) {
      const current = mode()
      if (current !== 'listed') return current === 'everyone'
      if (roleOf(userId) === 'trusted' || sets.users.has(userId) || sets.groups.has(chatId)) return true
      return store.standingOf(userId) === 'allowed' || store.standingOf(chatId) === 'allowed'
    },
    isModeFixed: () => sets.mode !== undefined,
    owners() {
      const paired = store.parties().flatMap(({ id, standing }) => (standing === 'owner' ? [id] : []))
      return [...new Set([...sets.owners, ...paired])]
    },
    people() {
      const decided = store
        .parties()
        .flatMap(({ id, standing }) => (standing === 'owner' || standing === 'trusted' ? [id] : []))
      const ids = [...sets.owners, ...decided, ...sets.trusted]
      const roles = ids.map((id) => [id, roleOf(id)] as const)
      const withRole = (wanted: Role): [number, Role][] =>
        roles.flatMap(([id, role]) => (role === wanted ? [[id, wanted]] : []))
      return new Map([...withRole('owner'), ...withRole('trusted')])
    },
    onChange: (listener) => void listeners.add(listener),
  }
}

function toSets({ mode, owners, trusted, allowedUsers, allowedGroups, blocked }: AccessSettings) {
  return {
    mode,
    owners: new Set(owners),
    trusted: new Set(trusted),
    users: new Set(allowedUsers),
    groups: new Set(allowedGroups),
    blocked: new Set(blocked),
  }
}
