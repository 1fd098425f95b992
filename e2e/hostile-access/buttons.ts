import type { TranscriptMessage } from '@pluggram/bot-api-emulator'
import { ask, botMessages } from '../support/emulator.ts'
import { pressButton } from '../support/press-button.ts'
import { REFUSED } from './messages.ts'
import type { Attempt, Name, Stage, Where } from './stage.ts'

/** Sends a text and returns the answer. */
async function opens(stage: Stage, name: Name, where: Where, text: string): Promise<TranscriptMessage> {
  const chatId = stage.chatOf(name, where)
  const { length } = await botMessages(stage.driver, chatId, 0)
  await stage.say(name, where, text)
  const message = (await botMessages(stage.driver, chatId, length + 1)).at(-1)
  if (!message) throw new Error(`no answer to ${text}`)
  return message
}

/** Presses one button after another, each below the newest message that has it. */
async function walk(
  stage: Stage,
  name: Name,
  where: Where,
  labels: readonly string[],
): Promise<TranscriptMessage> {
  let page: TranscriptMessage | undefined
  for (const label of labels) {
    page = await pressButton(stage.driver, {
      chatId: stage.chatOf(name, where),
      user: stage.people[name],
      label,
    })
  }
  if (!page) throw new Error('no label')
  return page
}

export const dataOf = ({ buttons }: TranscriptMessage, label: string): string => {
  const button = buttons.flat().find(({ text }) => text.includes(label))
  if (button?.data === undefined) throw new Error(`no button ${label}`)
  return button.data
}

/** Messages with buttons, each for somebody. */
export interface Pages {
  /** Ada's, in the group: her plugins, the same again, and the page that asks her for a value. */
  readonly plugins: TranscriptMessage
  readonly outside: TranscriptMessage
  readonly question: TranscriptMessage
  /** Ada's, in private. */
  readonly users: TranscriptMessage
  /** Bob's, in the group. */
  readonly poll: TranscriptMessage
  readonly reminder: TranscriptMessage
  readonly dice: TranscriptMessage
  /** Bob's, in private. */
  readonly forget: TranscriptMessage
  /** Cleo's, from when she was an owner: whom to trust, what to switch off, and a value. */
  readonly trust: TranscriptMessage
  readonly switches: TranscriptMessage
  readonly value: TranscriptMessage
}

export async function openPages(stage: Stage): Promise<Pages> {
  const { driver, people } = stage
  const { ada, cleo } = people
  await opens(stage, 'ada', 'team', '/plugins')
  const question = await walk(stage, 'ada', 'team', ['🟢 Dice', 'Configure here', 'max_dice'])
  await ask(driver, ada, `/allow ${cleo.id}`)
  await opens(stage, 'ada', 'private', '/users')
  await walk(stage, 'ada', 'private', [`✅ ${cleo.id}`, '👑 owner', 'Yes, make owner'])
  await opens(stage, 'cleo', 'private', '/plugins')
  const value = await walk(stage, 'cleo', 'private', ['🟢 Dice', 'Configure', 'max_dice'])
  await opens(stage, 'cleo', 'private', '/plugins')
  const switches = await walk(stage, 'cleo', 'private', ['🟢 Dice'])
  await opens(stage, 'cleo', 'private', '/users')
  const trust = await walk(stage, 'cleo', 'private', [`⛔ ${people.mallory.id}`, '⭐ trusted'])
  await ask(driver, ada, `/allow ${cleo.id}`)
  return {
    question,
    value,
    switches,
    trust,
    plugins: await opens(stage, 'ada', 'team', '/plugins'),
    outside: await opens(stage, 'ada', 'outside', '/plugins'),
    users: await opens(stage, 'ada', 'private', '/users'),
    poll: await opens(stage, 'bob', 'team', '/poll Lunch?; Pizza; Soup'),
    reminder: await opens(stage, 'bob', 'team', '/remind in 9 hours to drink tea'),
    dice: await opens(stage, 'bob', 'team', '/roll 2d6'),
    forget: await opens(stage, 'bob', 'private', '/forget_me'),
  }
}

/** A row whose press or answer is about one of the pages. */
type PageAttempt = readonly [
  what: string,
  name: Name,
  where: Where,
  send: (stage: Stage, pages: Pages) => Promise<unknown>,
  answer?: string,
]

/** Binds a row to its pages. */
export const withPages = ([what, name, where, send, answer]: PageAttempt, pages: Pages): Attempt => [
  what,
  name,
  where,
  (stage) => send(stage, pages),
  answer,
]

type PageName = keyof Pages
const presses = (name: Name, page: PageName, label: string) => (stage: Stage, pages: Pages) =>
  stage.press(name, pages[page], label)
const takes =
  (name: Name, where: Where, page: PageName, label: string, more?: (stage: Stage) => object) =>
  (stage: Stage, pages: Pages) =>
    stage.forge(name, where, dataOf(pages[page], label), more?.(stage))
const answers = (name: Name, where: Where, page: PageName) => (stage: Stage, pages: Pages) =>
  stage.say(name, where, '1', pages[page].id)

const NOT_YOURS = 'it is not yours'
const NOT_BEGUN = 'Only the person who started this poll'

export const PRESSES: readonly PageAttempt[] = [
  ['a page of the owner', 'bob', 'team', presses('bob', 'plugins', 'Who'), REFUSED],
  ['a page of the owner', 'tess', 'team', presses('tess', 'plugins', 'Dice'), REFUSED],
  ['a page of the owner', 'eve', 'team', presses('eve', 'plugins', 'Who'), REFUSED],
  ['a page of the owner', 'mallory', 'team', presses('mallory', 'plugins', 'Who')],
  [
    'a page of the owner in a group that is not allowed',
    'bob',
    'outside',
    presses('bob', 'outside', 'Who'),
    REFUSED,
  ],
  ['a page of the owner in a group that is not allowed', 'eve', 'outside', presses('eve', 'outside', 'Who')],
  ['the answer to a question of the owner', 'bob', 'team', answers('bob', 'team', 'question'), REFUSED],
  ['the answer to a question of the owner', 'tess', 'team', answers('tess', 'team', 'question'), REFUSED],
  ['the answer to a question of the owner', 'eve', 'team', answers('eve', 'team', 'question'), REFUSED],
  ['the answer to a question of the owner', 'mallory', 'team', answers('mallory', 'team', 'question')],
  ['the end of a poll', 'tess', 'team', presses('tess', 'poll', 'End'), NOT_BEGUN],
  ['the end of a poll', 'eve', 'team', presses('eve', 'poll', 'End'), NOT_BEGUN],
  ['a vote', 'mallory', 'team', presses('mallory', 'poll', 'Pizza')],
  ['the end of a reminder', 'tess', 'team', presses('tess', 'reminder', 'Cancel'), NOT_YOURS],
  ['the end of a reminder', 'eve', 'team', presses('eve', 'reminder', 'Cancel'), NOT_YOURS],
  ['the end of a reminder', 'ada', 'team', presses('ada', 'reminder', 'Cancel'), NOT_YOURS],
  ['the end of a reminder, from elsewhere', 'bob', 'outside', takes('bob', 'outside', 'reminder', 'Cancel')],
  ['who is who, from elsewhere', 'bob', 'private', takes('bob', 'private', 'users', '⛔')],
  ['who is who, from elsewhere', 'tess', 'team', takes('tess', 'team', 'users', '⛔')],
  [
    'who is who, in the chat of the owner',
    'ada',
    'private',
    takes('tess', 'private', 'users', '⛔', ({ people }) => ({
      message: { message_id: 1, date: 1, chat: { id: people.ada.id, type: 'private' } },
    })),
    REFUSED,
  ],
  ['to forget somebody, from elsewhere', 'tess', 'private', takes('tess', 'private', 'forget', 'Delete')],
  ['to forget somebody, in a group', 'eve', 'team', takes('eve', 'team', 'forget', 'Delete')],
  [
    'to forget somebody, behind no message',
    'bob',
    'private',
    takes('bob', 'private', 'forget', 'Delete', () => ({ message: undefined, inline_message_id: 'i' })),
  ],
  ['a page of the owner from another group', 'bob', 'outside', takes('bob', 'outside', 'plugins', 'Who')],
  [
    'data that nobody signed',
    'bob',
    'private',
    (stage) => stage.forge('bob', 'private', `w:${stage.people.bob.id}:owner`),
  ],
  [
    'the name of the button that forgets',
    'bob',
    'private',
    (stage) => stage.forge('bob', 'private', 'forget-me'),
  ],
]

export const ROLE_IS_GONE: readonly PageAttempt[] = [
  ['the second question', 'cleo', 'private', presses('cleo', 'trust', 'Yes, trust'), REFUSED],
  ['the way back', 'cleo', 'private', presses('cleo', 'trust', 'No'), REFUSED],
  ['a switch', 'cleo', 'private', presses('cleo', 'switches', 'Switch off'), REFUSED],
  ['the answer to a question', 'cleo', 'private', answers('cleo', 'private', 'value'), REFUSED],
  ['a command', 'cleo', 'private', (stage) => stage.say('cleo', 'private', '/users'), REFUSED],
]

export const BLOCKED_MEANWHILE: readonly PageAttempt[] = [
  ['a press', 'cleo', 'private', presses('cleo', 'trust', 'Yes, trust')],
  ['an answer', 'cleo', 'private', answers('cleo', 'private', 'value')],
  ['a press in a group', 'cleo', 'team', presses('cleo', 'plugins', 'Who')],
]

/** What the dice do in a chat where they are off. */
export const OFF_HERE: readonly PageAttempt[] = [
  ['a command', 'bob', 'team', (stage) => stage.say('bob', 'team', '/roll 2d6')],
  ['words', 'bob', 'team', (stage) => stage.say('bob', 'team', 'roll 2d6')],
  ['an old button', 'bob', 'team', presses('bob', 'dice', 'Roll again')],
  ['a command of the owner', 'ada', 'team', (stage) => stage.say('ada', 'team', '/roll 2d6')],
]
