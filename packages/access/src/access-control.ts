import type { Logger, User } from '@pluggram/sdk'
import type { AccessControl, Admission, IncomingUpdate } from '@pluggram/sdk/runtime'
import type { AccessStore } from '@pluggram/storage'
import type { AccessRules } from './access-rules.ts'
import type { Doorbell } from './doorbell.ts'
import type { OwnerPairing } from './owner-pairing.ts'
import { ownerQuestion } from './people-pages.ts'
import { TEXTS } from './texts.ts'

export interface AccessControlOptions {
  readonly rules: AccessRules
  /** Decisions that owners made by chat. */
  readonly store: AccessStore
  /** Present while the assistant has no owner. */
  readonly pairing?: OwnerPairing | undefined
  /** Tells the owners who wants to talk. */
  readonly doorbell: Pick<Doorbell, 'ring'>
  /** Called when somebody became the owner. */
  readonly onPaired: () => void
  readonly logger: Logger
}

/** A code that was copied without the command, or with the brackets of an instruction. */
const CODE_ALONE = /^\s*(?:pair[\s:]+)?[<"“`]?([0-9A-Z]{4}-[0-9A-Z]{4})[>"”`]?\s*$/i
/** How many messages of a stranger wait for the owner's decision. */
const MAX_HELD = 5

/** Checks each update before any plugin sees it. */
export function createAccessControl(options: AccessControlOptions): AccessControl {
  const { rules, store, pairing, doorbell, logger } = options
  /** How many messages of each stranger wait, since the start. */
  const held = new Map<number, number>()

  function admit(update: IncomingUpdate): Admission {
    const { user, chat } = update
    const role = rules.roleOf(user.id)
    if (role === undefined || (role !== 'owner' && rules.isBlocked(chat.id))) return {}
    const answer = role === 'owner' ? undefined : pair(update)
    if (answer) return answer
    if (role !== 'owner' && !rules.mayChat(user.id, chat.id)) return turnAway(update)
    if (user.id > 0) store.note(partyOf(user))
    return { role }
  }

  function turnAway(update: IncomingUpdate): Admission {
    const { kind, chat, user } = update
    if (kind !== 'message') return {}
    const isAsked = rules.mode() === 'listed' && rules.isOwned()
    if (chat.type !== 'private') {
      // a group hears nothing: the bot may have been added by anybody
      if (isAsked && store.standingOf(chat.id) === undefined) ringFor(chat.id, chat.title ?? '', user)
      return {}
    }
    store.note(partyOf(user))
    const isNew = store.noteTold(user.id)
    if (!isAsked) {
      const text = rules.mode() === 'owners' ? TEXTS.private : TEXTS.privateWithId(user.id)
      return isNew ? { notice: { text } } : {}
    }
    const waiting = held.get(user.id) ?? 0
    if (isNew) doorbell.ring(partyOf(user))
    if (waiting >= MAX_HELD) return {}
    held.set(user.id, waiting + 1)
    return { isHeld: true, ...(isNew && { notice: { text: TEXTS.ownerIsAsked } }) }
  }

  function ringFor(chatId: number, title: string, by: User): void {
    if (!store.noteTold(chatId)) return
    const group = { id: chatId, name: title.slice(0, MAX_NAME) }
    store.note(group)
    doorbell.ring({ ...group, by: partyOf(by) })
  }

  /** The answer to `/pair CODE`, and to the code alone; `undefined` for any other message. */
  function pair({ chat, user, command, message }: IncomingUpdate): Admission | undefined {
    if (!pairing || chat.type !== 'private') return undefined
    const isOpen = pairing.code() !== undefined
    const said = codeIn(command, isOpen ? message.text : '')
    if (!said) return said === '' && isOpen ? { notice: { text: TEXTS.addCode } } : undefined
    const outcome = pairing.claim(user.id, said)
    if (outcome === 'paired') {
      store.note(partyOf(user))
      // committed before the answer, because both are written to the same log in this order
      store.decide(user.id, 'owner').catch((error: unknown) => {
        logger.error('cannot keep the new owner; pair again after the next start', { err: error })
      })
      logger.warn(`user ${user.id} paired as owner`)
      options.onPaired()
      return { notice: ownerQuestion(rules) }
    }
    if (outcome === 'wrong') logger.warn(`user ${user.id} sent a wrong pairing code`)
    return { notice: { text: outcome === 'closed' ? TEXTS.codeExpired : TEXTS.wrongCode } }
  }

  return {
    admit,
    mayTalk: ({ user, chat }) => {
      const role = rules.roleOf(user.id)
      if (role === undefined || role === 'owner') return role === 'owner'
      return !rules.isBlocked(chat.id) && rules.mayChat(user.id, chat.id)
    },
    isIgnored: ({ user, chat }) => {
      const role = rules.roleOf(user.id)
      return role === undefined || (role !== 'owner' && rules.isBlocked(chat.id))
    },
    offIn: (chatId) => store.offIn(chatId),
  }
}

const MAX_NAME = 100

function partyOf({ id, firstName, lastName, username }: User): {
  id: number
  name: string
  username?: string
} {
  const name = [firstName, lastName].filter((part) => part).join(' ')
  return { id, name: name.slice(0, MAX_NAME), ...(username !== undefined && { username }) }
}

/** The code of `/pair CODE`, or a code that is the whole message. */
function codeIn(command: IncomingUpdate['command'], text: string): string | undefined {
  return command?.name === 'pair' ? command.args : CODE_ALONE.exec(text)?.[1]
}
