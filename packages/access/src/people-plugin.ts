import { definePlugin, refusalFor } from '@pluggram/sdk'
import type { MessageContext, PluginDefinition, PluginResult, Reply } from '@pluggram/sdk'
import type { AccessMode, KnownParty } from '@pluggram/storage'
import { askPage, modePage, PEOPLE_PLUGIN, shownName, waitingPage } from './people-pages.ts'
import type { Access } from './prepare-access.ts'
import { TEXTS } from './texts.ts'

type PeopleAccess = Pick<Access, 'rules' | 'store' | 'decide' | 'chooseMode'>

/** Handles the buttons with which owners decide who may use the assistant. */
export function createPeoplePlugin(access: PeopleAccess): PluginDefinition {
  return definePlugin({
    name: PEOPLE_PLUGIN,
    // matches no text, so that only its buttons reach this plugin
    patterns: [/(?!)/],
    setup: () => ({
      processMessage: (data, context) => (context.callback ? press(data, context, access) : undefined),
    }),
  })
}

async function press(
  data: string,
  { role, chat, message }: MessageContext,
  access: PeopleAccess,
): Promise<PluginResult> {
  if (role !== 'owner' || chat.type !== 'private') return { success: false, error: refusalFor('owner') }
  const page = (await pageFor(data, access)) ?? { text: TEXTS.tooOld, buttons: [] }
  return { success: true, response: { ...page, editMessageId: message.id } }
}

async function pageFor(data: string, access: PeopleAccess): Promise<Reply | undefined> {
  const { rules, store } = access
  const [verb = '', about = ''] = data.split(':')
  if (verb === 'show') return waitingPage(store, rules)
  if (verb === 'mode') return choose(about as AccessMode, access)
  const id = Number(about)
  if (!Number.isSafeInteger(id) || id === 0) return undefined
  const party = store.parties().find((item) => item.id === id) ?? { id, name: '' }
  if (verb === 'ask') return askPage(party)
  if (verb !== 'allow' && verb !== 'block') return undefined
  return decide(party, verb === 'allow' ? 'allowed' : 'blocked', access)
}

async function choose(mode: AccessMode, access: PeopleAccess): Promise<Reply | undefined> {
  if (!Object.hasOwn(TEXTS.modes, mode)) return undefined
  if (!access.rules.isModeFixed()) await access.chooseMode(mode)
  return modePage(access.rules, TEXTS.modeNow[access.rules.mode()])
}

/** Another owner may have decided meanwhile; the first decision stays. */
async function decide(
  party: Pick<KnownParty, 'id' | 'name' | 'username'>,
  standing: 'allowed' | 'blocked',
  { rules, store, decide: keep }: PeopleAccess,
): Promise<Reply> {
  const who = shownName(party)
  const before = store.standingOf(party.id)
  const role = rules.roleOf(party.id)
  if (before !== undefined && before !== standing)
    return { text: TEXTS.decidedAlready(who, before), buttons: [] }
  if (role !== 'everyone') return { text: TEXTS.fixed(who, role ?? 'blocked'), buttons: [] }
  await keep(party.id, standing)
  return { text: standing === 'allowed' ? TEXTS.allowed(who) : TEXTS.blocked(who), buttons: [] }
}
