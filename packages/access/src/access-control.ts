import type { AssistantSettings, Live } from '@pluggram/config'
import type { Logger, Role, User } from '@pluggram/sdk'
import type { AccessControl, Admission, IncomingUpdate } from '@pluggram/sdk/runtime'
import type { AccessStore } from '@pluggram/storage'
import type { OwnerPairing } from './owner-pairing.ts'

type AccessSettings = AssistantSettings['access']

export interface AccessControlOptions {
  /** The lists in config.json. */
  readonly lists: Live<AccessSettings>
  /** Decisions that owners made by chat. */
  readonly store: AccessStore
  /** Present while the assistant has no owner. */
  readonly pairing?: OwnerPairing | undefined
  /** The playground requires the owner's login, so everyone writing there is an owner. */
  readonly isPlayground: boolean
  readonly logger: Logger
}

/** Access control that can also look up roles. */
export interface Roles extends AccessControl {
  /** `undefined` for a blocked user. */
  roleOf(userId: number): Role | undefined
}

/**
 * Checks each update before any plugin sees it. An owner in config.json cannot be blocked, so that
 * owners cannot lock themselves out. Otherwise a block overrides every role. The remaining roles
 * come from config.json and from decisions made by chat.
 */
export function createAccessControl(options: AccessControlOptions): Roles {
  const { store, pairing, isPlayground, logger } = options
  let lists = toSets(options.lists.now)
  options.lists.onChange((now) => (lists = toSets(now)))

  const isBlocked = (id: number): boolean => lists.blocked.has(id) || store.standingOf(id) === 'blocked'

  function roleOf(userId: number): Role | undefined {
    if (isPlayground || lists.owners.has(userId)) return 'owner'
    if (isBlocked(userId)) return undefined
    const standing = store.standingOf(userId)
    if (standing === 'owner') return 'owner'
    return standing === 'trusted' || lists.trusted.has(userId) ? 'trusted' : 'everyone'
  }

  function mayChat(userId: number, chatId: number): boolean {
    const { mode, users, groups } = lists
    if (mode === 'everyone' || users.has(userId) || groups.has(chatId)) return true
    return store.standingOf(userId) === 'allowed' || store.standingOf(chatId) === 'allowed'
  }

  function admit(update: IncomingUpdate): Admission {
    const { user, chat } = update
    const role = roleOf(user.id)
    if (role === undefined || (role !== 'owner' && isBlocked(chat.id))) return {}
    if (role === 'owner') return { role }
    const answer = pair(update)
    if (answer !== undefined) return { notice: answer }
    return role === 'trusted' || mayChat(user.id, chat.id) ? { role } : turnAway(update)
  }

  /** Strangers are told once a day how to get access. In groups they are ignored. */
  function turnAway({ kind, chat, user }: IncomingUpdate): Admission {
    const isNew = kind === 'message' && chat.type === 'private' && store.noteStranger(user.id, nameOf(user))
    if (!isNew) return {}
    return {
      notice: `This is a private bot. To get access, send the owner your ID: ${user.id}`,
    }
  }

  /** The answer to `/pair CODE`; `undefined` for any other message. */
  function pair({ chat, user, command }: IncomingUpdate): string | undefined {
    if (!pairing || chat.type !== 'private' || command?.name !== 'pair' || command.args === '')
      return undefined
    const outcome = pairing.claim(user.id, command.args)
    if (outcome === 'paired') {
      // committed before the answer, because both are written to the same log in this order
      store.decide(user.id, 'owner', nameOf(user)).catch((error: unknown) => {
        logger.error('cannot keep the new owner; pair again after the next start', { err: error })
      })
      logger.warn(`user ${user.id} paired as owner`)
      return "You're now the owner. You can use /plugins, /users and /logs."
    }
    if (outcome === 'wrong') logger.warn(`user ${user.id} sent a wrong pairing code`)
    return outcome === 'closed'
      ? 'This code has expired. Restart the assistant to get a new one.'
      : "Wrong code. You'll find it in the terminal where you started me."
  }

  return {
    roleOf,
    admit,
    isIgnored: ({ user, chat }) => {
      const role = roleOf(user.id)
      return role === undefined || (role !== 'owner' && isBlocked(chat.id))
    },
    offIn: (chatId) => store.offIn(chatId),
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

function nameOf({ firstName, lastName, username }: User): string {
  const name = [firstName, lastName].filter((part) => part).join(' ')
  return (username === undefined ? name : `${name} (@${username})`).slice(0, 200)
}
