import { DeliveryError } from '@pluggram/sdk'
import type { PluginResult } from '@pluggram/sdk'
import { askHandlers, readCommand } from '@pluggram/sdk/runtime'
import type {
  CallContext,
  ChatActions,
  Format,
  IncomingUpdate,
  MessageTransport,
  PluginRegistry,
  RunnablePlugin,
} from '@pluggram/sdk/runtime'
import { Buttons } from './buttons.ts'

/** What the recording messenger delivered, in order. */
interface Delivered {
  readonly chatId: number
  readonly text: string
}

export interface RecordingMessenger extends ChatActions, MessageTransport {
  format: Format
  readonly delivered: Delivered[]
  readonly callbacks: { id: string; text: string | undefined }[]
  readonly reactions: { messageId: number; emoji: string | null }[]
  readonly deleted: number[]
  typingCount: number
}

/** A messenger that records deliveries; `failWith` makes them throw. */
export function createRecordingMessenger(
  failWith?: (text: string) => Error | undefined | Promise<Error | undefined>,
): RecordingMessenger {
  let nextId = 1
  const messenger: RecordingMessenger = {
    delivered: [],
    callbacks: [],
    reactions: [],
    deleted: [],
    typingCount: 0,
    async writeDraft(_chat, reply) {
      let text = ''
      try {
        for await (const chunk of reply.text) text += chunk
        return { text }
      } catch (error) {
        return text === '' ? { text, failure: { error } } : { text, note: 'broke off', failure: { error } }
      }
    },
    format(chat, reply, written) {
      const text = written?.text ?? reply.text
      const note = written?.note
      if (typeof text !== 'string' || text === '') throw new DeliveryError('reply-invalid', 'nothing to send')
      const whole = note === undefined ? text : `${text} [${note}]`
      const policy = reply.delivery ?? 'at-least-once'
      return whole.split('|').map((content) => ({ chatId: chat.id, content, policy }))
    },
    async send(message, signal) {
      const text = String(message.content)
      const error = await failWith?.(text)
      if (error) throw error
      signal.throwIfAborted()
      messenger.delivered.push({ chatId: message.chatId, text })
      return { id: nextId++, chatId: message.chatId }
    },
    async showTyping() {
      messenger.typingCount += 1
      return true
    },
    async react(_chat, messageId, emoji) {
      messenger.reactions.push({ messageId, emoji })
    },
    async deleteMessage(_chat, messageId) {
      messenger.deleted.push(messageId)
    },
    async answerCallback(id, text) {
      messenger.callbacks.push({ id, text })
    },
    standingIn: async () => 'member',
    seesAll: async () => true,
    async download() {
      return new Uint8Array()
    },
  }
  return messenger
}

export interface FakePlugin {
  readonly name: string
  readonly commands?: readonly string[]
  readonly patterns?: readonly RegExp[]
  readonly updates?: readonly ('message' | 'edited_message')[]
  readonly answersMessages?: boolean
  readonly urgent?: boolean
  readonly priority?: number
  handle(message: string, context: CallContext): Promise<PluginResult | undefined> | PluginResult | undefined
}

export function createRegistry(...plugins: FakePlugin[]): PluginRegistry {
  const runnable = plugins.map((plugin): RunnablePlugin => ({
    descriptor: {
      name: plugin.name,
      commands: (plugin.commands ?? []).map((name) => ({
        name,
        description: name,
        examples: [],
        inMenu: true,
        isUrgent: plugin.urgent ?? false,
      })),
      tools: [],
      schedules: [],
      patterns: plugin.patterns ?? [],
      updates: plugin.updates ?? ['message'],
      priority: plugin.priority ?? 0,
      answers: plugin.answersMessages === false ? [] : ['handle'],
    },
    ask: askHandlers(plugin.name, {
      handle: ({ message, context }, signal) => plugin.handle(message, { ...context, signal }),
    }),
  }))
  return {
    plugins: () => runnable,
    ownerOf: (command) => plugins.find(({ commands }) => commands?.includes(command))?.name,
    onChange: () => () => {},
  }
}

export const silentLogger = { debug() {}, info() {}, warn() {}, error() {} }

let updateId = 1_000

export function textUpdate(
  text: string,
  options: { chatId?: number; updateId?: number; kind?: 'message' | 'edited_message'; group?: boolean } = {},
): IncomingUpdate {
  const chatId = options.chatId ?? 7
  updateId += 1
  const command = options.kind === 'edited_message' ? undefined : readCommand(text)?.command
  return {
    updateId: options.updateId ?? updateId,
    ...(command && { command }),
    kind: options.kind ?? 'message',
    chat: options.group ? { id: chatId, type: 'group', title: 'Team' } : { id: chatId, type: 'private' },
    user: { id: 7, firstName: 'Ada', isBot: false },
    message: {
      id: 1,
      text,
      entities: [],
      attachments: [],
      date: new Date(0),
      isEdited: options.kind === 'edited_message',
      isAddressed: true,
    },
  }
}

/** Signs the buttons of test pipelines; long data stays in memory. */
export function createTestButtons(key = 'a key of tests', formerIds: readonly number[] = []): Buttons {
  const long = new Map<string, string>()
  return new Buttons({
    key: Buffer.from(key),
    long: {
      async write(plugin, id, data) {
        long.set(`${plugin}/${id}`, data)
      },
      read: async (plugin, id) => long.get(`${plugin}/${id}`),
    },
    formerIds: () => formerIds,
  })
}

/** A press of a button that the plugin made for the chat 7. */
export function pressUpdate(plugin: string, data: string): IncomingUpdate {
  return {
    ...textUpdate('the message with the button'),
    kind: 'callback_query',
    callback: { id: 'query-1', data: createTestButtons().signData(data, { plugin, chatId: 7 }).wire },
  }
}
