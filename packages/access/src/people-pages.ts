import type { Button, Reply } from '@pluggram/sdk'
import type { AccessMode, AccessStore, KnownParty } from '@pluggram/storage'
import type { AccessRules } from './access-rules.ts'
import type { Visitor } from './doorbell.ts'
import { TEXTS } from './texts.ts'

/** The plugin name that sends these pages and receives their buttons. No other plugin may use it. */
export const PEOPLE_PLUGIN = 'people'

const MODES: readonly AccessMode[] = ['owners', 'listed', 'everyone']
const MAX_SHOWN = 20

/** What the first owner reads after pairing: who may use the assistant? */
export function ownerQuestion(rules: Pick<AccessRules, 'mode' | 'isModeFixed'>): OwnReply {
  const question = modePage(rules, TEXTS.paired)
  return { ...question, plugin: PEOPLE_PLUGIN }
}

/** The question who may use the assistant, with the current choice marked. */
export function modePage(rules: Pick<AccessRules, 'mode' | 'isModeFixed'>, words: string): TextReply {
  const current = rules.mode()
  if (rules.isModeFixed()) return { text: `${words} ${TEXTS.whoMayIsFixed(current)}`, buttons: [] }
  return {
    text: `${words} ${TEXTS.whoMay}`,
    buttons: MODES.map((mode) => [
      { text: `${mode === current ? '● ' : ''}${TEXTS.modes[mode]}`, data: `mode:${mode}` },
    ]),
  }
}

/** The question that owners get about somebody new. */
export function knockPage(visitor: Visitor): TextReply {
  const text = visitor.by
    ? TEXTS.knockInGroup(shownName(visitor.by), shownName(visitor))
    : TEXTS.knock(shownName(visitor))
  return { text, buttons: [choices(visitor.id)] }
}

export function manyPage(): TextReply {
  return { text: TEXTS.knockMany, buttons: [[{ text: TEXTS.show, data: 'show' }]] }
}

/** The latest people about whom nothing is decided, who may not chat. */
export function waitingPage(store: AccessStore, rules: AccessRules): TextReply {
  const waiting = store
    .parties()
    .filter(({ id, standing }) => standing === 'unknown' && !rules.mayChat(id, id))
    .slice(0, MAX_SHOWN)
  if (waiting.length === 0) return { text: TEXTS.nobody, buttons: [] }
  return {
    text: TEXTS.waiting,
    buttons: waiting.map((party) => [
      { text: shownName(party).slice(0, 40).toWellFormed(), data: `ask:${party.id}` },
    ]),
  }
}

/** The question about one of them, with a way back. */
export function askPage(party: Visitor): TextReply {
  const { text, buttons } = knockPage(party)
  return { text, buttons: [...buttons, [{ text: TEXTS.back, data: 'show' }]] }
}

function choices(id: number): Button[] {
  return [
    { text: TEXTS.allow, data: `allow:${id}` },
    { text: TEXTS.block, data: `block:${id}` },
  ]
}

/**
 * A name as people may read it: on one line, without characters that are not seen or that pass for
 * a public name.
 */
export function shownName({ id, name, username }: Pick<KnownParty, 'id' | 'name' | 'username'>): string {
  const plain = name
    .toWellFormed()
    .replaceAll(/[\p{C}\p{Z}@]+/gu, ' ')
    .trim()
    .slice(0, 64)
    .toWellFormed()
  const shown = plain === '' ? String(id) : plain
  return username === undefined ? shown : `${shown} (@${username})`
}

interface TextReply extends Reply {
  readonly text: string
  readonly buttons: readonly (readonly Button[])[]
}

/** With the plugin whose buttons it has. */
interface OwnReply extends TextReply {
  readonly plugin: string
}
