import type { MessageContext, PluginResult, Reply } from '@pluggram/sdk'
import type { IncomingUpdate, Messenger, PluginRegistry, RunnablePlugin } from '@pluggram/sdk/runtime'

/** What the recording messenger was asked to do, in order. */
export interface Delivered {
  readonly chatId: number
  readonly text: string
  readonly reply: Reply
}

export interface RecordingMessenger extends Messenger {
  readonly delivered: Delivered[]
  readonly callbacks: { id: string; text: string | undefined }[]
  typingCount: number
}

/** A messenger that keeps what is sent; `failWith` makes every send throw. */
export function createRecordingMessenger(failWith?: (reply: Reply) => Error | undefined): RecordingMessenger {
  let nextId = 1
  const messenger: RecordingMessenger = {
    delivered: [],
    callbacks: [],
    typingCount: 0,
    async send(chat, reply) {
      const error = failWith?.(reply)
      if (error) throw error
      let text = ''
      if (typeof reply.text === 'string') text = reply.text
      else if (reply.text) for await (const chunk of reply.text) text += chunk
      messenger.delivered.push({ chatId: chat.id, text, reply })
      return [{ id: nextId++, chatId: chat.id }]
    },
    async showTyping() {
      messenger.typingCount += 1
    },
    async react() {},
    async answerCallback(id, text) {
      messenger.callbacks.push({ id, text })
    },
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
  handle(
    message: string,
    context: MessageContext,
  ): Promise<PluginResult | undefined> | PluginResult | undefined
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
      })),
      patterns: plugin.patterns ?? [],
      updates: plugin.updates ?? ['message'],
      priority: 0,
      answersMessages: plugin.answersMessages ?? true,
    },
    handle: (message, context) => plugin.handle(message, context),
  }))
  return { plugins: () => runnable, onChange: () => () => {} }
}

export const silentLogger = { debug() {}, info() {}, warn() {}, error() {} }

let updateId = 1_000

export function textUpdate(
  text: string,
  options: { chatId?: number; updateId?: number; kind?: 'message' | 'edited_message'; group?: boolean } = {},
): IncomingUpdate {
  const chatId = options.chatId ?? 7
  updateId += 1
  return {
    updateId: options.updateId ?? updateId,
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

export function pressUpdate(data: string): IncomingUpdate {
  return {
    ...textUpdate('the message with the button'),
    kind: 'callback_query',
    callback: { id: 'query-1', data },
  }
}
