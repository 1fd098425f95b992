import type { EmulatedChat } from '../api/driver-types.ts'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'
import type { Compose } from '../state/playground-state.ts'
import { composeOf } from '../state/selectors.ts'

export interface ComposerActs {
  readonly compose: Compose
  readonly canSend: boolean
  write(text: string): void
  /** Sends a text at once, as a reply if one was begun. */
  sendText(text: string): void
  /** Sends or saves what is written. */
  submit(): Promise<void>
  runCommand(command: string): void
  /** Cancels the reply and the edit. */
  cancel(): void
  editLast(): void
}

/** What is written in a chat, and what can be done with it. */
export function useComposer(chat: EmulatedChat, onSent: () => void): ComposerActs {
  const playground = usePlayground()
  const compose = usePlaygroundState((state) => composeOf(state, chat.id))
  const botUsername = usePlaygroundState((state) => state.bot?.username)
  const { text, editing, replyToMessageId } = compose
  const canSend = text.trim() !== ''

  function sendText(value: string): void {
    playground.sendText(chat.id, value, replyToMessageId)
    playground.cancelReply(chat.id)
    onSent()
  }

  const write = (value: string): void => playground.compose(chat.id, { text: value })

  return {
    compose,
    canSend,
    write,
    sendText,
    async submit() {
      if (!canSend) return
      if (editing === undefined) {
        write('')
        sendText(text)
      } else if (await playground.saveEdit(chat.id, editing.messageId, text.trim())) {
        playground.cancelEdit(chat.id)
      }
    },
    runCommand(command) {
      write('')
      // a group may have several bots, so Telegram adds the bot's name
      sendText(
        chat.type === 'private' || botUsername === undefined ? `/${command}` : `/${command}@${botUsername}`,
      )
    },
    cancel() {
      playground.cancelReply(chat.id)
      if (editing !== undefined) playground.cancelEdit(chat.id)
    },
    editLast: () => playground.startEditOfLast(chat.id),
  }
}
