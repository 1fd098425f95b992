import type { TranscriptMessage } from '../api/driver-types.ts'
import { pressKey } from './playground-state.ts'
import { actorIn, composeOf, isEditable } from './selectors.ts'
import { createSendActs } from './send-acts.ts'
import type { ActTools, SendActs } from './send-acts.ts'

/** A person's actions on messages. */
export interface MessageActs extends SendActs, EditActs {
  pressButton(message: TranscriptMessage, row: number, column: number): void
  /** Sets the actor's reaction; the same emoji again removes it. */
  react(message: TranscriptMessage, emoji: string): void
  /** Stops an answer that is being written. */
  stopDraft(chatId: number, draftId: number): void
}

interface EditActs {
  /** Returns whether the edit was accepted. */
  saveEdit(chatId: number, messageId: number, text: string): Promise<boolean>
  cancelReply(chatId: number): void
  startEdit(message: TranscriptMessage): void
  /** Starts editing the actor's latest text, as the up arrow does in an empty composer. */
  startEditOfLast(chatId: number): void
  cancelEdit(chatId: number): void
}

export function createMessageActs(tools: ActTools): MessageActs {
  return { ...createSendActs(tools), ...createEditActs(tools), ...createTouchActs(tools) }
}

function createTouchActs({
  doors,
  store: { dispatch, getState },
  explain,
  showToast,
}: ActTools): Pick<MessageActs, 'pressButton' | 'react' | 'stopDraft'> {
  return {
    pressButton(message, row, column) {
      const userId = actorIn(getState(), message.chatId)
      const key = pressKey(message.chatId, message.id, row, column)
      if (userId === undefined || getState().presses[key] !== undefined) return
      dispatch({ type: 'press-started', key, now: doors.now() })
      doors.api
        .press(message.chatId, message.id, { userId, row, column })
        .then((queryId) => dispatch({ type: 'press-accepted', key, queryId }))
        .catch((error: unknown) => {
          dispatch({ type: 'press-failed', key })
          showToast(explain(error), 'error')
        })
    },
    react({ chatId, id: messageId, reactions }, emoji) {
      const userId = actorIn(getState(), chatId)
      if (userId === undefined) return
      const before = reactions.find((reaction) => reaction.userId === userId)?.emoji ?? null
      const wanted = before === emoji ? null : emoji
      dispatch({ type: 'reaction-set', chatId, messageId, userId, emoji: wanted })
      doors.api.react(chatId, messageId, { userId, emoji: wanted }).catch((error: unknown) => {
        dispatch({ type: 'reaction-set', chatId, messageId, userId, emoji: before })
        showToast(explain(error), 'error')
      })
    },
    stopDraft(chatId, draftId) {
      doors.api.stopDraft(chatId, draftId).catch((error: unknown) => showToast(explain(error), 'error'))
    },
  }
}

function createEditActs({ doors, store: { dispatch, getState }, explain, showToast }: ActTools): EditActs {
  function startEdit({ chatId, id: messageId, text }: TranscriptMessage): void {
    const { editing, text: typed } = composeOf(getState(), chatId)
    const heldText = editing?.heldText ?? typed
    dispatch({ type: 'compose-changed', chatId, compose: { text, editing: { messageId, heldText } } })
  }

  return {
    async saveEdit(chatId, messageId, text) {
      const userId = actorIn(getState(), chatId)
      if (userId === undefined) return false
      try {
        dispatch({
          type: 'message-saved',
          message: await doors.api.editText(chatId, messageId, { userId, text }),
        })
        return true
      } catch (error) {
        showToast(explain(error), 'error')
        return false
      }
    },
    cancelReply(chatId) {
      const { replyToMessageId: _left, ...compose } = composeOf(getState(), chatId)
      dispatch({ type: 'compose-changed', chatId, compose })
    },
    startEdit,
    startEditOfLast(chatId) {
      const userId = actorIn(getState(), chatId)
      const last = getState().transcripts[chatId]?.findLast((message) => message.senderId === userId)
      if (last !== undefined && isEditable(last, userId)) startEdit(last)
    },
    cancelEdit(chatId) {
      const { editing, text } = composeOf(getState(), chatId)
      dispatch({ type: 'compose-changed', chatId, compose: { text: editing?.heldText ?? text } })
    },
  }
}
