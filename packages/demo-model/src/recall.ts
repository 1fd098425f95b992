import { plain, quote } from './markdown-text.ts'
import type { DemoTurn } from './demo-turn.ts'
import { TEXTS } from './texts.ts'

const WHAT_I_SAID =
  /^(what (did|have) i (just )?(say|said|write|written|ask|asked|tell you|told you)|what was my (very )?(last|previous|first) (message|question|sentence)|repeat (what i (just )?said|my (last|previous|first) (message|question))|what i said)\b/
const WHAT_YOU_SAID =
  /^(what (did|have) you (just )?(say|said|write|answer|tell me)|what was your (last|previous) (message|answer)|repeat (that|your (last |previous )?(message|answer))|say (that|it) again|come again)\b/
const MY_NAME = /^(whats|what is|do you (still )?(know|remember)|say|tell me) my name\b|^who am i\b/
const REMEMBER = /^(do|can|will) you (still )?remember\b|^do you have (a |any )?memory\b/
const TOLD_NAME = /\b(?:my name is|my names|call me|i am called)\s+(\p{L}[\p{L}-]{0,30})/iu

/** Answers questions about this conversation from its history; `undefined` for everything else. */
export function recall(sentence: string, history: readonly DemoTurn[]): string | undefined {
  const mine = history.filter((turn) => turn.role === 'user' && turn.text.trim() !== '')
  if (WHAT_I_SAID.test(sentence)) {
    const wantsFirst = /\bfirst\b/.test(sentence)
    const turn = wantsFirst ? mine.at(0) : mine.at(-1)
    if (!turn) return TEXTS.nothingBefore
    return wantsFirst ? TEXTS.firstMessage(quote(turn.text)) : TEXTS.youWrote(quote(turn.text))
  }
  if (WHAT_YOU_SAID.test(sentence)) {
    const turn = history.findLast(({ role, text }) => role === 'assistant' && text.trim() !== '')
    return turn ? TEXTS.iWrote(quote(turn.text, 600)) : TEXTS.nothingYet
  }
  if (MY_NAME.test(sentence)) {
    const name = findName(mine)
    return name ? TEXTS.yourName(plain(name)) : TEXTS.nameUnknown
  }
  if (REMEMBER.test(sentence)) {
    const count = mine.length === 1 ? '1 message' : `${mine.length} messages`
    return TEXTS.whatIRemember(count)
  }
  const name = /^(my name is|my names|call me|i am called)\b/.test(sentence)
    ? TOLD_NAME.exec(sentence)?.[1]
    : undefined
  if (name) return TEXTS.niceToMeet(plain(capitalise(name)))
  return undefined
}

function findName(turns: readonly DemoTurn[]): string | undefined {
  const told = turns.findLast(({ text }) => TOLD_NAME.test(text.slice(0, 500)))
  const name = told && TOLD_NAME.exec(told.text.slice(0, 500))?.[1]
  return name && capitalise(name)
}

function capitalise(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
