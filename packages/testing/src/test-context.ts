import { parseResponse } from '@pluggram/host'
import { DeliveryError } from '@pluggram/sdk'
import type {
  Attachment,
  Chat,
  Command,
  GroupRights,
  IncomingMessage,
  MessageContext,
  PluginResponse,
  Reply,
  Role,
  SentMessage,
  User,
} from '@pluggram/sdk'
import { readCommand } from '@pluggram/sdk/runtime'
import { collectText } from './collect-text.ts'

/** The parts of a message; each has a default. */
export interface TestMessage {
  /** `/roll 2d6` also creates the command, as in the assistant. */
  readonly text?: string
  /** Default: the next one. An edit has the id of the message that was edited. */
  readonly id?: number
  readonly user?: Partial<User>
  /** Default `everyone`. */
  readonly role?: Role
  readonly chat?: Partial<Chat>
  readonly entities?: IncomingMessage['entities']
  readonly attachments?: readonly Attachment[]
  /** Bytes that `context.download` returns, by file id. */
  readonly files?: Readonly<Record<string, Uint8Array>>
  /** The data of a pressed button. */
  readonly callback?: string
  readonly command?: Command
  readonly replyTo?: IncomingMessage['replyTo']
  /** Where the words come from, if the user did not write them here. A command needs `command` then. */
  readonly origin?: string
  readonly carried?: IncomingMessage['carried']
  readonly isEdited?: boolean
  /** Of an album. */
  readonly parts?: IncomingMessage['parts']
  readonly albumId?: IncomingMessage['albumId']
  /** What `context.groupRights` returns. Default: both true in a private chat, else only for the bot. */
  readonly groupRights?: Partial<GroupRights>
  readonly isAddressed?: boolean
  /**
   * `context.config` for a test that calls the plugin itself; `runPlugin` fills it in. Default:
   * empty.
   */
  readonly config?: unknown
  /** Default `UTC`. */
  readonly timeZone?: string
  readonly attempt?: number
  readonly signal?: AbortSignal
}

/** A context that records what a plugin sent by `reply` and `react`. */
export interface TestContext extends MessageContext {
  /** Checked as in the assistant; streamed text is read to its end. */
  readonly replies: readonly Reply[]
  readonly reactions: readonly (string | null)[]
}

let lastMessageId = 0

export function createTestContext(message: TestMessage = {}): TestContext {
  const { text = '', files = {}, attachments = [] } = message
  const chat: Chat = { id: 1_001, type: 'private', ...message.chat }
  const replies: Reply[] = []
  const reactions: (string | null)[] = []
  const command =
    message.command ??
    (message.callback === undefined && message.origin === undefined ? commandIn(text) : undefined)
  lastMessageId += 1
  const incoming: IncomingMessage = {
    id: message.id ?? lastMessageId,
    text,
    entities: message.entities ?? [],
    attachments,
    date: new Date(),
    isEdited: message.isEdited ?? false,
    ...(message.parts && { parts: message.parts }),
    ...(message.albumId !== undefined && { albumId: message.albumId }),
    isAddressed: message.isAddressed ?? true,
    ...(message.replyTo && { replyTo: message.replyTo }),
    ...(message.origin !== undefined && { origin: message.origin }),
    ...(message.carried && { carried: message.carried }),
  }
  return {
    config: message.config ?? {},
    chat,
    user: { id: 1_001, firstName: 'Ann', isBot: false, ...message.user },
    role: message.role ?? 'everyone',
    message: incoming,
    timeZone: message.timeZone ?? 'UTC',
    ...(command && { command }),
    ...(message.callback !== undefined && {
      callback: { id: `callback-${lastMessageId}`, data: message.callback },
    }),
    signal: message.signal ?? new AbortController().signal,
    attempt: message.attempt ?? 1,
    idempotencyKey: `test-${lastMessageId}`,
    replies,
    reactions,
    async reply(response) {
      const sent: SentMessage[] = []
      for (const part of await toReplies(parseResponse('under test', response))) {
        replies.push(part)
        lastMessageId += 1
        sent.push({ id: part.editMessageId ?? lastMessageId, chatId: chat.id })
      }
      return sent
    },
    async react(emoji) {
      reactions.push(emoji)
    },
    groupRights: async () => ({
      userIsAdministrator: chat.type === 'private',
      botSeesAllMessages: true,
      ...message.groupRights,
    }),
    async download(attachment) {
      const bytes = files[attachment.fileId]
      if (bytes) return bytes
      throw new DeliveryError('delivery-failed', `The test gave no bytes for the file ${attachment.fileId}.`)
    },
  }
}

/** The command as the assistant would pass it. One that names a bot is meant for another bot. */
function commandIn(text: string): Command | undefined {
  const written = readCommand(text)
  return written?.bot === undefined ? written?.command : undefined
}

async function toReplies(response: PluginResponse): Promise<Reply[]> {
  const parts: readonly (string | Reply)[] = Array.isArray(response) ? response : [response]
  return Promise.all(
    parts.map(async (part) => {
      if (typeof part === 'string' || Symbol.asyncIterator in part) return { text: await collectText(part) }
      return part.text === undefined ? part : Object.assign({ ...part }, { text: await collectText(part) })
    }),
  )
}
