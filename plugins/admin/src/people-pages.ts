import type { AdminParty, AdminService, AdminStanding, Button, Reply } from '@pluggram/sdk'
import { TEXTS } from './texts.ts'

const SIGNS: Readonly<Record<AdminParty['standing'], string>> = {
  owner: '👑',
  trusted: '⭐',
  allowed: '✅',
  blocked: '⛔',
  unknown: '❔',
}
const STANDINGS: readonly AdminStanding[] = ['owner', 'trusted', 'allowed', 'blocked']
const MAX_SHOWN = 20

/** The last people who wrote, then all others with a decision about them. */
export async function peoplePage(admin: AdminService): Promise<Reply> {
  const parties = await admin.parties()
  if (parties.length === 0) {
    return { text: TEXTS.nobody }
  }
  const shown = parties.slice(0, MAX_SHOWN)
  const lines = shown.map(
    (party) =>
      `${SIGNS[party.standing]} ${title(party)}: ${TEXTS.roles[party.standing]}${party.isInConfig ? ` ${TEXTS.inConfig}` : ''}`,
  )
  const more = parties.length - shown.length
  return {
    text: [...lines, ...(more > 0 ? [TEXTS.more(more)] : [])].join('\n'),
    buttons: shown
      .filter(({ isInConfig }) => !isInConfig)
      .map((party) => [{ text: `${SIGNS[party.standing]} ${shortTitle(party)}`, data: `u:${party.id}` }]),
  }
}

/** The page of one person or group, with the possible decisions. */
async function personPage(admin: AdminService, id: number): Promise<Reply> {
  const party = (await admin.parties()).find((item) => item.id === id)
  const standing = party?.standing ?? 'unknown'
  const choices: Button[] = STANDINGS.filter(
    (choice) => choice !== standing && (id > 0 || !isForPeople(choice)),
  ).map((choice) => ({ text: `${SIGNS[choice]} ${choice}`, data: `w:${id}:${choice}` }))
  const undo: Button[] = standing === 'unknown' ? [] : [{ text: TEXTS.undo, data: `w:${id}:none` }]
  return {
    text: `${SIGNS[standing]} ${party ? title(party) : id}: ${TEXTS.roles[standing]}`,
    buttons: [choices, [...undo, { text: TEXTS.back, data: 'U' }]],
  }
}

/** Applies a decision. People cannot decide about themselves, so no owner locks himself out. */
export async function decide(
  admin: AdminService,
  { id, by, standing }: { id: number; by: number; standing: AdminStanding | undefined },
): Promise<string> {
  if (id === by) return TEXTS.cannotChangeOwnRole
  if (id < 0 && standing !== undefined && isForPeople(standing)) return TEXTS.groupCanOnlyAllowed
  await admin.decide(id, standing)
  const name = (await admin.parties()).find((party) => party.id === id)
  const who = name ? title(name).replace(` · ${id}`, ` (${id})`) : String(id)
  return standing === undefined ? TEXTS.onNoList(who) : TEXTS.isNow(who, standing)
}

/** What gives a right is asked once more, since a press is made quickly. */
const QUESTIONS: Readonly<Partial<Record<AdminStanding, { ask(who: string): string; yes: string }>>> = {
  owner: {
    ask: TEXTS.makeOwner,
    yes: TEXTS.yesMakeOwner,
  },
  trusted: {
    ask: TEXTS.trust,
    yes: TEXTS.yesTrust,
  },
  allowed: { ask: TEXTS.allow, yes: TEXTS.yesAllow },
}

/** The second question, whose answer counts from whoever pressed the first button. */
async function questionPage(
  admin: AdminService,
  { id, by, standing }: { readonly id: number; readonly by: number; readonly standing: AdminStanding },
): Promise<Reply | undefined> {
  const question = QUESTIONS[standing]
  if (!question || id === by) return undefined
  const party = (await admin.parties()).find((item) => item.id === id)
  return {
    text: question.ask(party ? title(party) : String(id)),
    buttons: [
      [
        { text: question.yes, data: `y:${id}:${standing}`, onlyFor: by },
        { text: TEXTS.cancel, data: `u:${id}`, onlyFor: by },
      ],
    ],
  }
}

/** Does what a button of these pages says. */
export async function pressPeople(admin: AdminService, by: number, data: string): Promise<Reply | undefined> {
  if (data === 'U') return peoplePage(admin)
  const [action, rawId, choice] = data.split(':')
  const id = Number(rawId)
  if (!Number.isSafeInteger(id) || id === 0) return undefined
  if (action === 'u') return personPage(admin, id)
  if (action !== 'w' && action !== 'y') return undefined
  const standing = STANDINGS.find((item) => item === choice)
  if (standing === undefined && choice !== 'none') return undefined
  const question = action === 'w' && standing ? await questionPage(admin, { id, by, standing }) : undefined
  if (question) return question
  const words = await decide(admin, { id, by, standing })
  const page = await personPage(admin, id)
  return { ...page, text: `${words}\n\n${page.text as string}` }
}

function isForPeople(standing: AdminStanding): boolean {
  return standing === 'owner' || standing === 'trusted'
}

function title({ id, name, username }: AdminParty): string {
  // a name may not pass for a public name
  const shown = name.replaceAll(/[\p{C}\p{Z}@]+/gu, ' ').trim()
  const names = [shown, username === undefined ? '' : `(@${username})`].filter((part) => part !== '')
  return names.length === 0 ? String(id) : `${names.join(' ')} · ${id}`
}

/** Fits on a button of a narrow phone. */
function shortTitle(party: AdminParty): string {
  const whole = title(party)
  return whole.length <= 34 ? whole : `${whole.slice(0, 33).toWellFormed()}…`
}
