import type { Role } from '@pluggram/sdk'
import type { CallContext, ChatActions, IncomingUpdate } from '@pluggram/sdk/runtime'
import type { ReplyWriter } from './reply-writer.ts'

export interface ContextOptions {
  readonly update: IncomingUpdate
  readonly pluginName: string
  readonly actions: ChatActions
  readonly writer: ReplyWriter
  readonly signal: AbortSignal
  readonly attempt: number
  readonly role: Role
  readonly callbackData?: string
}

/** What a plugin sees of an update, bound to that plugin and to the chat the update came from. */
export function createMessageContext(options: ContextOptions): CallContext {
  const { update, actions, writer, signal } = options
  const { chat, user, message } = update
  return {
    chat,
    user,
    role: options.role,
    message,
    signal,
    attempt: options.attempt,
    idempotencyKey: `${update.updateId}:${options.pluginName}`,
    ...(update.command && { command: update.command }),
    ...(update.kind === 'callback_query' && {
      callback: { id: update.callback.id, data: options.callbackData ?? update.callback.data },
    }),
    reply: (response) => writer.sendNow(response),
    react: (emoji) => actions.react(chat, message.id, emoji),
    download: (attachment) => actions.download(attachment.fileId, signal),
  }
}
