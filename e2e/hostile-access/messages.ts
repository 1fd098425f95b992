import type { Attempt, Name, Stage, Where } from './stage.ts'

const forwarded = {
  forward_origin: { type: 'hidden_user', date: 1, sender_user_name: 'Eve' },
}
const inlineBot = { via_bot: { id: 99, is_bot: true, first_name: 'Inline', username: 'inline_bot' } }
const photo = { photo: [{ file_id: 'p', file_unique_id: 'p', width: 1, height: 1 }] }
const anonymous: Content = (stage, where) => ({
  sender_chat: { id: stage.groups[where as 'team'], type: 'supergroup', title: where },
  from: { id: 1_087_968_824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' },
})
const channel = { id: -1_009_876_543_210, type: 'channel', title: 'News' }
const linked = {
  sender_chat: channel,
  is_automatic_forward: true,
  from: { id: 777_000, is_bot: false, first_name: 'Telegram' },
}
export const REFUSED = 'Only the owner can'
export const UNKNOWN = 'None of my plugins answered'
const WRONG = 'Wrong code'
const EXPIRED = 'This code has expired'
const NO_ID = 'Add the ID of a user or group'
const NO_GROUP = 'A group can only be allowed or blocked'

type Content = (stage: Stage, where: Where) => object

/** A message with other content than a text. */
const as =
  (name: Name, content: Content, kind?: string) =>
  (stage: Stage, where: Where): Promise<unknown> =>
    stage.update(name, where, content(stage, where), kind)
/** A message with the code that pairs, and more. */
const coded = (name: Name, more: object | Content, kind?: string) =>
  as(
    name,
    (stage, where) => ({
      text: `/pair ${stage.code}`,
      ...(typeof more === 'function' ? more(stage, where) : more),
    }),
    kind,
  )

export const PAIRINGS: readonly Attempt[] = [
  ['the code in a group', 'eve', 'team', '/pair CODE'],
  ['the code in a group that is not allowed', 'eve', 'outside', '/pair CODE'],
  ['the code by an anonymous administrator', 'eve', 'team', coded('eve', anonymous)],
  [
    'the code in a channel',
    'eve',
    'private',
    coded('eve', { chat: channel, from: undefined }, 'channel_post'),
  ],
  ['the code in an edit', 'bob', 'private', coded('bob', { edit_date: 2 }, 'edited_message')],
  ['the code, forwarded', 'bob', 'private', coded('bob', forwarded), UNKNOWN],
  ['the code through an inline bot', 'bob', 'private', coded('bob', inlineBot), UNKNOWN],
  [
    'the code below a forwarded picture',
    'bob',
    'private',
    as('bob', ({ code }) => ({ caption: `/pair ${code}`, ...photo, ...forwarded })),
    UNKNOWN,
  ],
  ['the code to another bot', 'bob', 'private', '/pair@some_other_bot CODE', UNKNOWN],
  ['the code behind a word', 'bob', 'private', 'please /pair CODE', UNKNOWN],
  ['the code behind a character nobody sees', 'bob', 'private', '\u200B/pair CODE', UNKNOWN],
  ['the code behind a full-width stroke', 'bob', 'private', '／pair CODE', UNKNOWN],
  [
    'the code in a quoted message',
    'bob',
    'private',
    coded('bob', ({ code }) => ({
      text: 'yes',
      reply_to_message: { message_id: 1, date: 1, chat: channel, text: `/pair ${code}` },
    })),
    UNKNOWN,
  ],
  ['no code', 'bob', 'private', '/pair', 'Add the code from the terminal'],
  ['half of it', 'tess', 'private', as('tess', ({ code }) => ({ text: `/pair ${code.slice(0, 4)}` })), WRONG],
  ['it and more', 'tess', 'private', '/pair CODE CODE', WRONG],
  ['a pattern', 'tess', 'private', '/pair ____-____', WRONG],
  ['a pattern of another kind', 'tess', 'private', '/pair [0-9A-Z]{8}', WRONG],
  ['nothing but a dash', 'tess', 'private', '/pair -', WRONG],
  ['it, after five guesses', 'tess', 'private', '/pair CODE', WRONG],
]

export const REPLAYS: readonly Attempt[] = [
  ['the code once more', 'bob', 'private', '/pair CODE', EXPIRED],
  ['the code once more, by a stranger', 'eve', 'private', '/pair CODE', EXPIRED],
]

export const COMMANDS: readonly Attempt[] = [
  ['to trust oneself', 'bob', 'private', '/trust 501', REFUSED],
  ['to trust somebody', 'tess', 'private', '/trust 502', REFUSED],
  ['to let somebody in', 'bob', 'private', '/allow EVE', REFUSED],
  ['to block the owner', 'tess', 'private', '/block ADA', REFUSED],
  ['to read who is who', 'tess', 'private', '/users', REFUSED],
  ['to read the log', 'bob', 'private', '/logs 200', REFUSED],
  ['to read the errors', 'tess', 'private', '/errors', REFUSED],
  ['to see the plugins', 'bob', 'private', '/plugins', REFUSED],
  ['to switch a plugin off', 'tess', 'private', '/plugins off dice', REFUSED],
  ['to change a setting', 'bob', 'private', '/set dice max_dice 1', REFUSED],
  ['to change it the long way', 'tess', 'private', '/plugins set dice max_dice 1', REFUSED],
  ['to read the journal', 'tess', 'private', '/journal', REFUSED],
  ['to empty the journal', 'bob', 'private', '/journal forget all', REFUSED],
  ['to read the statistics', 'tess', 'private', '/stats', REFUSED],
  ['to let in a group from within', 'bob', 'outside', '/allow', REFUSED],
  ['to block a group from within', 'tess', 'team', '/block', REFUSED],
  ['to change a setting of a group', 'tess', 'team', '/plugins set dice max_dice 1 here', REFUSED],
  ['to switch a plugin off in a group', 'bob', 'team', '/plugins off dice here', REFUSED],
  ['as a guest of an allowed group', 'eve', 'team', '/trust EVE', REFUSED],
  [
    'as a stranger',
    'eve',
    'private',
    '/trust EVE',
    "This is a private bot. I've told the owner you'd like access.",
  ],
  ['as a stranger, the role', 'eve', 'private', '/who'],
  ['as a stranger in a group that is not allowed', 'eve', 'outside', '/who'],
  ['as somebody blocked', 'mallory', 'private', '/who'],
  ['as somebody blocked, in an allowed group', 'mallory', 'team', '/who'],
  ['as somebody blocked, a pairing', 'mallory', 'private', '/pair CODE'],
  ['who is who, in a group', 'ada', 'team', '/users', 'I show people'],
  ['the log, in a group', 'ada', 'team', '/logs', 'I only show the log'],
  ['the errors, in a group', 'ada', 'team', '/errors', 'I only show the log'],
]

export const FORMS: readonly Attempt[] = [
  ['in capitals', 'bob', 'private', '/TRUST 510', REFUSED],
  ['mixed', 'bob', 'team', '/tRuSt 511', REFUSED],
  ['behind a blank', 'bob', 'private', '  /trust 512', REFUSED],
  ['with a line end', 'bob', 'private', '/trust\n513', REFUSED],
  ['with a hard blank', 'bob', 'private', '/trust\u00A0514', REFUSED],
  ['behind a character nobody sees', 'ada', 'private', '\u200B/trust 515', UNKNOWN],
  ['with a character nobody sees in it', 'ada', 'private', '/tr\u200Bust 516', UNKNOWN],
  ['with a Cyrillic letter', 'ada', 'private', '/tru\u0455t 517', UNKNOWN],
  ['with a full-width stroke', 'ada', 'private', '／trust 518', UNKNOWN],
  ['turned around', 'bob', 'private', '\u202E/trust 519', REFUSED],
  [
    'behind a word, marked as a command',
    'ada',
    'private',
    as('ada', () => ({ text: 'do /trust 520', entities: [{ type: 'bot_command', offset: 3, length: 6 }] })),
    UNKNOWN,
  ],
  ['to another bot', 'ada', 'team', '/trust@some_other_bot 521'],
  ['to two bots', 'ada', 'private', '/trust@pluggram_bot@pluggram_bot 522', UNKNOWN],
  ['in an edit', 'bob', 'private', as('bob', () => ({ text: '/trust 523', edit_date: 2 }), 'edited_message')],
  [
    'in the edit of an owner',
    'ada',
    'private',
    as('ada', () => ({ text: '/trust 524', edit_date: 2 }), 'edited_message'),
  ],
  [
    'forwarded by an owner',
    'ada',
    'private',
    as('ada', () => ({ text: '/trust 525', ...forwarded })),
    UNKNOWN,
  ],
  ['forwarded by an owner into a group', 'ada', 'team', as('ada', () => ({ text: '/allow', ...forwarded }))],
  [
    'through an inline bot, by an owner',
    'ada',
    'private',
    as('ada', () => ({ text: '/trust 526', ...inlineBot })),
    UNKNOWN,
  ],
  ['below a picture', 'bob', 'private', as('bob', () => ({ caption: '/trust 527', ...photo })), REFUSED],
  [
    'below a picture that an owner forwards',
    'ada',
    'private',
    as('ada', () => ({ caption: '/trust 528', ...photo, ...forwarded })),
    UNKNOWN,
  ],
  [
    'by an anonymous administrator',
    'eve',
    'team',
    as('eve', (stage, where) => ({ text: '/trust 529', ...anonymous(stage, where) })),
    REFUSED,
  ],
  [
    'by an anonymous administrator of a group that is not allowed',
    'eve',
    'outside',
    as('eve', (stage, where) => ({ text: '/allow', ...anonymous(stage, where) })),
  ],
  ['by the channel of a group', 'eve', 'team', as('eve', () => ({ text: '/trust 530', ...linked }))],
  [
    'in a channel',
    'eve',
    'team',
    as(
      'eve',
      () => ({ text: '/trust 531', chat: channel, from: undefined, sender_chat: channel }),
      'channel_post',
    ),
  ],
  [
    'in a message that an owner answers',
    'ada',
    'private',
    as('ada', () => ({
      text: 'yes',
      reply_to_message: { message_id: 1, date: 1, chat: channel, text: '/trust 532' },
    })),
    UNKNOWN,
  ],
  [
    'in a quote of an owner',
    'ada',
    'private',
    as('ada', () => ({ text: 'yes', quote: { text: '/trust 533', position: 0 } })),
    UNKNOWN,
  ],
  [
    'to a business account',
    'ada',
    'private',
    as('ada', () => ({ text: '/trust 534', business_connection_id: 'b' }), 'business_message'),
  ],
]

export const NUMBERS: readonly Attempt[] = [
  '-0',
  '0',
  '00',
  '1e3',
  '0x10',
  '1.5',
  '+5',
  '--5',
  '5 6',
  '5;6',
  '5,000',
  '１２３',
  '٣',
  'Infinity',
  'NaN',
  '9007199254740993',
  '99999999999999999999',
  '5\u200B',
  '@eve',
  'me',
].map((written) => [`/trust ${written}`, 'ada', 'private', `/trust ${written}`, NO_ID] as const)

export const ODD_TARGETS: readonly Attempt[] = [
  ['oneself', 'ada', 'private', '/block ADA', 'You cannot change your own role.'],
  ['a group as a person', 'ada', 'private', '/trust -100540', NO_GROUP],
  ['this group as a person', 'ada', 'team', '/trust', NO_GROUP],
]
