/** The other ways to send a refused message, each with what then arrives. */
export const WAYS = {
  follow: 'the message, at the new id of the group',
  unformatted: 'the words; the addresses behind linked words are written out',
  'buttons-as-text': 'the words, with the addresses of link buttons below them',
  unbuttoned: 'the words without buttons',
  'without-topic': 'the message, outside the topic',
  unquoted: 'the message, without the quote',
  upload: 'the file: the assistant fetches the address itself and uploads what it finds',
  document: 'the file as a document',
  split: 'all words, in several messages',
  'caption-apart': 'the file, and the words in a message of their own',
  'caption-edit': 'the words, as the caption of the edited message',
  'new-message': 'the words, in a new message',
  words: 'all words, plain, and the address of the file or a line that says why it is missing',
} as const

export type Way = keyof typeof WAYS

/** What a refusal says about the chat, when no other way is left. */
export type RefusalMeaning =
  /** This message cannot be shown; others can. People in the chat are told. */
  | 'message'
  /** The bot may not write here now. The person who asked is told in private. */
  | 'closed'
  /** Nobody can be reached here: the bot was blocked or removed, or the chat is gone. */
  | 'gone'
  /** Telegram has what it should have. */
  | 'done'

export interface RefusalRow {
  /** What Telegram's description has, without regard to case. */
  readonly description: RegExp
  /** Descriptions as Telegram sends them. A test refuses a message with each. */
  readonly examples: readonly string[]
  /** Tried in this order, each once for a message. */
  readonly ways: readonly Way[]
  readonly meaning: RefusalMeaning
  /** What people read when something is missing: why, and what to do. */
  readonly notice?: string
}

const FETCHED =
  /wrong file identifier|failed to get http url|wrong type of the web page|wrong remote file id|wrong http url|webpage_|upload file by url|external_url|wc_convert|url host is empty|media_(?:empty|invalid|file_invalid)|file_reference|wrong file_id|file_id_invalid|(?:photo|document)_invalid$|unsupported url protocol/i

/**
 * Every refusal (400, 403 and 413) that a message can meet: the first row whose description fits
 * counts. Collected from the Bot API server, tdlib and public trackers of bot libraries. Limits
 * of speed (429, slow mode) are no refusals: they are waited out.
 */
export const REFUSALS = {
  unchanged: {
    description: /message is not modified|message_not_modified/i,
    examples: [
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
      'MESSAGE_NOT_MODIFIED',
    ],
    ways: [],
    meaning: 'done',
  },
  migrated: {
    description: /upgraded to a supergroup/i,
    examples: ['group chat was upgraded to a supergroup chat'],
    ways: ['follow'],
    meaning: 'message',
  },
  buttons: {
    description: /button|keyboard|reply.?markup/i,
    examples: [
      'BUTTON_DATA_INVALID',
      'BUTTON_URL_INVALID',
      'BUTTON_TYPE_INVALID',
      'BUTTON_USER_PRIVACY_RESTRICTED',
      "inline keyboard button URL 'http://localhost:3000' is invalid: Wrong HTTP URL",
      'text buttons are unallowed in the inline keyboard',
      'reply markup is too long',
      'REPLY_MARKUP_INVALID',
    ],
    ways: ['buttons-as-text', 'unbuttoned'],
    meaning: 'message',
    notice: 'Telegram refused the buttons of an answer. Please ask for it in words.',
  },
  formatting: {
    description: /entit(?!y too large)|can't parse|message_text_url|style_invalid/i,
    examples: [
      "can't parse entities: Can't find end of the entity starting at byte offset 7",
      'ENTITY_BOUNDS_INVALID',
      'ENTITY_MENTION_USER_INVALID',
      'ENTITIES_TOO_LONG',
    ],
    ways: ['unformatted', 'words'],
    meaning: 'message',
    notice: 'Telegram could not read the formatting of an answer. Please ask again.',
  },
  quote: {
    description: /repl(?:y|ied)|quote|msg_id_invalid/i,
    examples: [
      'message to be replied not found',
      'replied message not found',
      'REPLY_MESSAGE_ID_INVALID',
      'QUOTE_TEXT_INVALID',
    ],
    ways: ['unquoted'],
    meaning: 'message',
    notice: 'Telegram refused an answer that quotes a message. Please ask again.',
  },
  'edit of a caption': {
    description: /no text in the message to edit/i,
    examples: ['there is no text in the message to edit'],
    ways: ['caption-edit', 'new-message'],
    meaning: 'message',
    notice: 'A message could not be changed any more.',
  },
  edit: {
    description:
      /to edit not found|can't be edited|message_id_invalid|message_edit_time|message_author|no caption in the message|message identifier/i,
    examples: [
      'message to edit not found',
      "message can't be edited",
      'MESSAGE_ID_INVALID',
      'MESSAGE_EDIT_TIME_EXPIRED',
      'there is no caption in the message to edit',
      'message identifier is not specified',
    ],
    ways: ['new-message'],
    meaning: 'message',
    notice: 'A message could not be changed any more: it is gone, or too old.',
  },
  'closed topic': {
    description: /topic_closed/i,
    examples: ['TOPIC_CLOSED'],
    ways: ['without-topic'],
    meaning: 'closed',
    notice:
      'I could not answer there: the topic is closed. An administrator can open it again, or make me an administrator who may manage topics.',
  },
  topic: {
    description: /thread|topic|(?:is not a|doesn't have) (?:forum|threads|topics)|monoforum/i,
    examples: [
      'message thread not found',
      'TOPIC_DELETED',
      'TOPIC_ID_INVALID',
      'invalid message thread identifier specified',
      'the chat is not a forum',
    ],
    ways: ['without-topic'],
    meaning: 'message',
    notice: 'I could not answer in that topic: it is gone.',
  },
  'too long': {
    description: /(?:message|text) is too long|message_too_long/i,
    examples: ['message is too long', 'text is too long', 'MESSAGE_TOO_LONG'],
    ways: ['split', 'words'],
    meaning: 'message',
    notice: 'An answer was too long for Telegram. Please ask for a shorter one.',
  },
  'long caption': {
    description: /caption.{0,9}too.long/i,
    examples: ['message caption is too long', 'MEDIA_CAPTION_TOO_LONG'],
    ways: ['caption-apart'],
    meaning: 'message',
    notice: 'The words under a file were too long for Telegram.',
  },
  'voice messages off': {
    description: /voice_messages_forbidden|restricted receiving of v/i,
    examples: ['VOICE_MESSAGES_FORBIDDEN', 'user restricted receiving of voice note messages'],
    ways: ['document', 'words'],
    meaning: 'message',
    notice:
      'A voice message was left out: your privacy settings refuse voice messages. You can allow them in Telegram’s settings under Privacy and Security, Voice Messages.',
  },
  'kind of file': {
    description:
      /rights to send (?!text|a message)|chat_send_(?!plain)\w+_forbidden|unallowed message content/i,
    examples: [
      'not enough rights to send photos to the chat',
      'not enough rights to send documents to the chat',
      'not enough rights to send voice notes to the chat',
      'CHAT_SEND_PHOTOS_FORBIDDEN',
      'CHAT_SEND_MEDIA_FORBIDDEN',
      'CHAT_SEND_DOCS_FORBIDDEN',
    ],
    ways: ['words'],
    meaning: 'message',
    notice:
      'A file was left out: files of this kind may not be sent here. An administrator can allow them in the group’s permissions.',
  },
  'not fetched': {
    description: FETCHED,
    examples: [
      'wrong file identifier/HTTP URL specified',
      'failed to get HTTP URL content',
      'wrong type of the web page content',
      'wrong remote file identifier specified: Wrong padding in the string',
      "can't upload file by URL",
      'wrong HTTP URL specified',
      'WEBPAGE_CURL_FAILED',
      'WEBPAGE_MEDIA_EMPTY',
      'EXTERNAL_URL_INVALID',
      'URL host is empty',
      'MEDIA_EMPTY',
      'wrong file_id or the file is temporarily unavailable',
    ],
    ways: ['upload', 'words'],
    meaning: 'message',
    notice: 'A file was left out: Telegram does not have it any more.',
  },
  picture: {
    description: /image_process|photo_|too big for a photo|can't use file|file mismatch/i,
    examples: [
      'IMAGE_PROCESS_FAILED',
      'PHOTO_INVALID_DIMENSIONS',
      'PHOTO_EXT_INVALID',
      'PHOTO_SAVE_FILE_INVALID',
      'file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes',
      "can't use file of type Document as Photo",
      'type of file mismatch',
    ],
    ways: ['upload', 'document', 'words'],
    meaning: 'message',
    notice: 'A picture was left out: Telegram could not read it.',
  },
  'large file': {
    description: /too big|too large|too_big|file_parts?_/i,
    examples: ['file is too big', 'FILE_PARTS_INVALID', 'Request Entity Too Large'],
    ways: ['words'],
    meaning: 'message',
    notice: 'A file was left out: Telegram takes at most 50 MB from bots.',
  },
  'empty file': {
    description: /file must be non-empty|there is no \w+(?: \w+)? in the request|failed to upload/i,
    examples: ['file must be non-empty', 'there is no photo in the request', 'failed to upload file'],
    ways: ['words'],
    meaning: 'message',
    notice: 'A file was left out: it is empty.',
  },
  'no words': {
    description: /text is empty|text must be non-empty|message_empty/i,
    examples: ['message text is empty', 'text must be non-empty', 'MESSAGE_EMPTY'],
    ways: [],
    meaning: 'message',
    notice: 'An answer had no words that Telegram can show. Please ask again.',
  },
  blocked: {
    description: /blocked by the user|user_is_blocked|your_privacy|premium_account|privacy_premium/i,
    examples: ['bot was blocked by the user', 'USER_IS_BLOCKED', 'YOUR_PRIVACY_RESTRICTED'],
    ways: [],
    meaning: 'gone',
  },
  stranger: {
    description: /can't initiate|messages to bots|user_is_bot/i,
    examples: ["bot can't initiate conversation with a user", "bot can't send messages to bots"],
    ways: [],
    meaning: 'gone',
  },
  deactivated: {
    description: /deactivated|chat was deleted|user_deleted/i,
    examples: ['user is deactivated', 'the group chat was deleted', 'INPUT_USER_DEACTIVATED'],
    ways: [],
    meaning: 'gone',
  },
  removed: {
    description: /was kicked|not a (?:member|participant)|channel_private/i,
    examples: [
      'bot was kicked from the supergroup chat',
      'bot is not a member of the channel chat',
      'CHANNEL_PRIVATE',
    ],
    ways: [],
    meaning: 'gone',
  },
  unknown: {
    description:
      /chat not found|peer_id_invalid|(?:chat|channel|user)_(?:id_)?invalid|user not found|access (?:to )?the (?:chat|user)|chat_id is empty/i,
    examples: ['chat not found', 'PEER_ID_INVALID', 'CHAT_ID_INVALID', 'have no access to the chat'],
    ways: [],
    meaning: 'gone',
  },
  paid: {
    description: /payment_required|boosts_required|balance_too_low/i,
    examples: ['PAYMENT_REQUIRED', 'ALLOW_PAYMENT_REQUIRED_50'],
    ways: [],
    meaning: 'closed',
    notice:
      'I could not answer there: messages cost Telegram Stars, which bots do not pay. An administrator can exempt me.',
  },
  business: {
    description: /business/i,
    examples: ['BUSINESS_CONNECTION_INVALID', 'BUSINESS_PEER_INVALID'],
    ways: [],
    meaning: 'closed',
    notice:
      'I could not answer there: the business connection has ended. Its owner can connect me again in Telegram’s settings under Business, Chatbots.',
  },
  'no right to write': {
    description:
      /write_forbidden|send_plain_forbidden|guest_send|chat_restricted|banned_in_channel|user_restricted|admin_required|no rights|no write access|not enough rights|administrator rights/i,
    examples: [
      'have no rights to send a message',
      'not enough rights to send text messages to the chat',
      'need administrator rights in the channel chat',
      'CHAT_WRITE_FORBIDDEN',
      'CHAT_ADMIN_REQUIRED',
      'CHAT_RESTRICTED',
      'USER_BANNED_IN_CHANNEL',
    ],
    ways: [],
    meaning: 'closed',
    notice:
      'I could not answer there: I may not write in that chat. An administrator can allow me to send messages, or make me an administrator.',
  },
  'strings that are no UTF-8': {
    description: /utf-8/i,
    examples: ['strings must be encoded in UTF-8'],
    ways: ['words'],
    meaning: 'message',
    notice: 'Telegram could not read an answer. Please ask again.',
  },
  place: {
    description: /location|latitude|longitude/i,
    examples: ['LOCATION_INVALID', 'wrong latitude specified'],
    ways: ['words'],
    meaning: 'message',
    notice: 'Telegram refused to show the place on a map.',
  },
} as const satisfies Readonly<Record<string, RefusalRow>>

const ROWS: readonly RefusalRow[] = Object.values(REFUSALS)

/** Any other 400 or 413. */
const OTHER: RefusalRow = {
  description: /(?:)/,
  examples: [],
  ways: ['words'],
  meaning: 'message',
  notice: 'Telegram refused an answer, so I could not show it. Please ask again.',
}
/** Any other 403 concerns the chat and not the message. */
const OTHER_FORBIDDEN: RefusalRow = { description: /(?:)/, examples: [], ways: [], meaning: 'gone' }

/** The row of a refusal; `undefined` for errors of another kind. */
export function findRefusal(
  errorCode: number | undefined,
  description: string | undefined,
): RefusalRow | undefined {
  if (errorCode !== 400 && errorCode !== 403 && errorCode !== 413) return undefined
  const row = ROWS.find((known) => known.description.test(description ?? ''))
  return row ?? (errorCode === 403 ? OTHER_FORBIDDEN : OTHER)
}
