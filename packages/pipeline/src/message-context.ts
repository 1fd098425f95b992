import type { Command, MessageContext, PluginResponse, Reply, SentMessage } from '@pluggram/sdk'
import type { IncomingUpdate, Messenger } from '@pluggram/sdk/runtime'
import { withWireButtons } from './callback-data.ts'
import { isAsyncIterable, toReplies, withStallLimit } from './responses.ts'

export interface ContextOptions {
  readonly update: IncomingUpdate
  readonly pluginName: string
  readonly messenger: Messenger
  readonly signal: AbortSignal
  readonly attempt: number
  readonly command?: Command
  readonly callbackData?: string
  /** How long a streamed text may pause. */
  readonly stallMs: number
  readonly onStall: () => Error
}

/** A context together with the delivery that results go through too. */
export interface MessageContextWithDelivery {
  readonly context: MessageContext
  deliver(replies: readonly Reply[]): Promise<readonly SentMessage[]>
}

/** What a plugin sees of an update, bound to that plugin and to the chat the update came from. */
export function createMessageContext(options: ContextOptions): MessageContextWithDelivery {
  const { update, pluginName, messenger, signal } = options
  const { chat, user, message } = update

  async function deliver(replies: readonly Reply[]): Promise<readonly SentMessage[]> {
    const sent: SentMessage[] = []
    for (const reply of replies) {
      const wired = withWireButtons(reply, pluginName)
      const guarded = isAsyncIterable(wired.text)
        ? { ...wired, text: withStallLimit(wired.text, options.stallMs, options.onStall) }
        : wired
      if (guarded.reaction) await messenger.react(chat, message.id, guarded.reaction)
      if (hasContent(guarded)) sent.push(...(await messenger.send(chat, guarded, signal)))
    }
    return sent
  }

  const context: MessageContext = {
    chat,
    user,
    message,
    signal,
    attempt: options.attempt,
    idempotencyKey: `${update.updateId}:${pluginName}`,
    ...(options.command && { command: options.command }),
    ...(update.kind === 'callback_query' && {
      callback: { id: update.callback.id, data: options.callbackData ?? update.callback.data },
    }),
    reply: (response: PluginResponse) => deliver(toReplies(response)),
    react: (emoji) => messenger.react(chat, message.id, emoji),
    download: (attachment) => messenger.download(attachment.fileId, signal),
  }
  return { context, deliver }
}

/** A reply that is only a reaction sends no message. */
function hasContent(reply: Reply): boolean {
  const isReactionOnly = reply.reaction !== undefined && reply.text === undefined
  return !isReactionOnly || reply.media !== undefined || reply.location !== undefined
}
