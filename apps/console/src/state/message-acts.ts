import type { TranscriptAttachment, TranscriptMessage } from '../api/driver-types.ts'
import type { UploadKind } from '../api/upload-file.ts'
import type { Store } from './create-store.ts'
import type { PlaygroundAction } from './playground-action.ts'
import type { PlaygroundDoors } from './playground-doors.ts'
import { pressKey } from './playground-state.ts'
import type { Outgoing, PendingMessage, PlaygroundState } from './playground-state.ts'
import { actorId, composeOf, findChat, isEditable } from './selectors.ts'

/** A person's actions on messages. */
export interface MessageActs {
  sendText(chatId: number, text: string, replyToMessageId?: number): void
  sendFile(chatId: number, file: OutgoingFile): void
  sendLocation(chatId: number, latitude: number, longitude: number): void
  retry(key: string): void
  discard(key: string): void
  /** Returns whether the edit was accepted. */
  saveEdit(chatId: number, messageId: number, text: string): Promise<boolean>
  pressButton(message: TranscriptMessage, row: number, column: number): void
  /** Sets the actor's reaction; the same emoji again removes it. */
  react(message: TranscriptMessage, emoji: string): void
  cancelReply(chatId: number): void
  startEdit(message: TranscriptMessage): void
  /** Starts editing the actor's latest text, as the up arrow does in an empty composer. */
  startEditOfLast(chatId: number): void
  cancelEdit(chatId: number): void
}

interface OutgoingFile {
  readonly kind: UploadKind
  readonly file: File
  readonly caption: string
  /** An object URL of the picture, kept as long as the page. */
  readonly preview?: string
  readonly width?: number
  readonly height?: number
}

interface Tools {
  readonly doors: PlaygroundDoors
  readonly store: Store<PlaygroundState, PlaygroundAction>
  readonly explain: (error: unknown) => string
  readonly showToast: (text: string, tone?: 'plain' | 'error') => void
}

export function createMessageActs({ doors, store, explain, showToast }: Tools): MessageActs {
  const { dispatch, getState } = store

  function actorOf(chatId: number): number | undefined {
    const chat = findChat(getState(), chatId)
    return chat === undefined ? undefined : actorId(getState(), chat)
  }

  function begin(
    chatId: number,
    outgoing: Outgoing,
    content: Pick<TranscriptMessage, 'text' | 'attachments'> & { readonly replyToMessageId?: number },
    preview?: string,
  ): void {
    const senderId = actorOf(chatId)
    if (senderId === undefined) {
      showToast('Nobody in this chat can speak. Add a person first.', 'error')
      return
    }
    const message: TranscriptMessage = {
      ...content,
      id: 0,
      chatId,
      senderId,
      fromBot: false,
      date: Math.floor(doors.now() / 1000),
      entities: [],
      buttons: [],
      reactions: [],
    }
    const key = `send-${getState().counter}`
    const pending: PendingMessage = {
      key,
      message,
      outgoing,
      status: 'sending',
      progress: 0,
      ...(preview === undefined ? {} : { preview }),
    }
    dispatch({ type: 'send-started', pending })
    void deliver(pending)
  }

  async function deliver(pending: PendingMessage): Promise<void> {
    try {
      const message = await transmit(pending)
      dispatch({ type: 'send-finished', key: pending.key, message })
    } catch (error) {
      dispatch({ type: 'send-failed', key: pending.key, error: explain(error) })
    }
  }

  function transmit({ key, message, outgoing }: PendingMessage): Promise<TranscriptMessage> {
    const { chatId, senderId: userId, text, replyToMessageId } = message
    if (outgoing.kind === 'file') {
      const upload = { chatId, userId, kind: outgoing.uploadKind, file: outgoing.file, caption: text }
      return doors.uploadFile(upload, (progress) => dispatch({ type: 'send-progressed', key, progress }))
    }
    if (outgoing.kind === 'location') {
      const { latitude = 0, longitude = 0 } = message.attachments[0] ?? {}
      return doors.api.sendLocation(chatId, { userId, latitude, longitude })
    }
    const reply = replyToMessageId === undefined ? {} : { replyToMessageId }
    return doors.api.sendText(chatId, { userId, text, ...reply })
  }

  function startEdit({ chatId, id: messageId, text }: TranscriptMessage): void {
    const { editing, text: typed } = composeOf(getState(), chatId)
    const heldText = editing?.heldText ?? typed
    dispatch({ type: 'compose-changed', chatId, compose: { text, editing: { messageId, heldText } } })
  }

  return {
    sendText(chatId, text, replyToMessageId) {
      const reply = replyToMessageId === undefined ? {} : { replyToMessageId }
      begin(chatId, { kind: 'text' }, { text: text.trim(), attachments: [], ...reply })
    },
    sendFile(chatId, { kind, file, caption, preview, width, height }) {
      const attachment: TranscriptAttachment = {
        kind,
        fileName: file.name,
        mimeType: file.type,
        size: file.size,
        ...(width === undefined ? {} : { width }),
        ...(height === undefined ? {} : { height }),
      }
      const outgoing = { kind: 'file', uploadKind: kind, file } as const
      begin(chatId, outgoing, { text: caption.trim(), attachments: [attachment] }, preview)
    },
    sendLocation(chatId, latitude, longitude) {
      begin(
        chatId,
        { kind: 'location' },
        { text: '', attachments: [{ kind: 'location', latitude, longitude }] },
      )
    },
    retry(key) {
      dispatch({ type: 'send-retried', key })
      const pending = getState().pending.find((candidate) => candidate.key === key)
      if (pending !== undefined) void deliver(pending)
    },
    discard: (key) => dispatch({ type: 'send-discarded', key }),
    async saveEdit(chatId, messageId, text) {
      const userId = actorOf(chatId)
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
    pressButton(message, row, column) {
      const userId = actorOf(message.chatId)
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
      const userId = actorOf(chatId)
      if (userId === undefined) return
      const before = reactions.find((reaction) => reaction.userId === userId)?.emoji ?? null
      const wanted = before === emoji ? null : emoji
      dispatch({ type: 'reaction-set', chatId, messageId, userId, emoji: wanted })
      doors.api.react(chatId, messageId, { userId, emoji: wanted }).catch((error: unknown) => {
        dispatch({ type: 'reaction-set', chatId, messageId, userId, emoji: before })
        showToast(explain(error), 'error')
      })
    },
    cancelReply(chatId) {
      const { replyToMessageId: _left, ...compose } = composeOf(getState(), chatId)
      dispatch({ type: 'compose-changed', chatId, compose })
    },
    startEdit,
    startEditOfLast(chatId) {
      const userId = actorOf(chatId)
      const last = getState().transcripts[chatId]?.findLast((message) => message.senderId === userId)
      if (last !== undefined && isEditable(last, userId)) startEdit(last)
    },
    cancelEdit(chatId) {
      const { editing, text } = composeOf(getState(), chatId)
      dispatch({ type: 'compose-changed', chatId, compose: { text: editing?.heldText ?? text } })
    },
  }
}
