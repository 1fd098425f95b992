import type { TranscriptAttachment, TranscriptMessage } from '../api/driver-types.ts'
import type { UploadKind } from '../api/upload-file.ts'
import type { Store } from './create-store.ts'
import type { PlaygroundAction } from './playground-action.ts'
import type { PlaygroundDoors } from './playground-doors.ts'
import type { Outgoing, PendingMessage, PlaygroundState } from './playground-state.ts'
import { actorIn } from './selectors.ts'

/** Sending, with a message shown as pending until it is delivered. */
export interface SendActs {
  sendText(chatId: number, text: string, replyToMessageId?: number): void
  sendFile(chatId: number, file: OutgoingFile): void
  sendLocation(chatId: number, latitude: number, longitude: number): void
  retry(key: string): void
  discard(key: string): void
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

/** What the actions work with. */
export interface ActTools {
  readonly doors: PlaygroundDoors
  readonly store: Store<PlaygroundState, PlaygroundAction>
  readonly explain: (error: unknown) => string
  readonly showToast: (text: string, tone?: 'plain' | 'error') => void
}

type Content = Pick<TranscriptMessage, 'text' | 'attachments' | 'replyToMessageId'>

export function createSendActs(tools: ActTools): SendActs {
  const { doors, store, explain, showToast } = tools
  const { dispatch, getState } = store

  function begin(chatId: number, outgoing: Outgoing, content: Content, preview?: string): void {
    const senderId = actorIn(getState(), chatId)
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
      const message = await transmit(pending, tools)
      dispatch({ type: 'send-finished', key: pending.key, message })
    } catch (error) {
      dispatch({ type: 'send-failed', key: pending.key, error: explain(error) })
    }
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
  }
}

function transmit(
  { key, message, outgoing }: PendingMessage,
  { doors, store: { dispatch } }: ActTools,
): Promise<TranscriptMessage> {
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
