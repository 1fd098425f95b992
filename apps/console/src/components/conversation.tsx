import { useCallback, useMemo, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import type { EmulatedChat, TranscriptMessage } from '../api/driver-types.ts'
import { useFileDrop } from '../hooks/use-file-drop.ts'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'
import { actorId } from '../state/selectors.ts'
import { Announcer } from './announcer.tsx'
import { Composer } from './composer.tsx'
import { ConversationContext } from './conversation-context.ts'
import type { ConversationUi } from './conversation-context.ts'
import { ConversationHeader } from './conversation-header.tsx'
import { Lightbox } from './lightbox.tsx'
import { MessageList } from './message-list.tsx'
import type { MessageListHandle } from './message-list.tsx'
import { MessageMenu } from './message-menu.tsx'
import { SendFilesDialog } from './send-files-dialog.tsx'
import type { ChosenFiles } from './send-files-dialog.tsx'

/** The open chat. It is remounted for every chat. */
export function Conversation({ chat }: { readonly chat: EmulatedChat }): ReactElement {
  const { sendText } = usePlayground()
  const actor = usePlaygroundState((state) => actorId(state, chat))
  const [menu, setMenu] = useState<{ message: TranscriptMessage; x: number; y: number }>()
  const [photo, setPhoto] = useState<{ source: string; name: string }>()
  const [chosen, setChosen] = useState<ChosenFiles>()
  const list = useRef<MessageListHandle>(null)
  const closeMenu = useCallback(() => setMenu(undefined), [])
  const drop = useFileDrop((files) => setChosen({ files, as: 'media' }))

  const ui = useMemo<ConversationUi>(
    () => ({
      openMenu: (message, x, y) => setMenu({ message, x, y }),
      openPhoto: (source, name) => setPhoto({ source, name }),
      goToMessage: (messageId) => list.current?.goToMessage(messageId),
      sendCommand: (command) => sendText(chat.id, command),
    }),
    [chat.id, sendText],
  )

  return (
    <ConversationContext value={ui}>
      <section className="conversation" aria-label="Conversation" {...drop.handlers}>
        <ConversationHeader chat={chat} actorId={actor} />
        <MessageList ref={list} chat={chat} actorId={actor} />
        <Composer
          chat={chat}
          actorId={actor}
          onFiles={setChosen}
          onSent={() => list.current?.scrollToBottom()}
        />
        {drop.isOver && <div className="drop-zone">Drop files here to send them</div>}
      </section>
      <Announcer chat={chat} actorId={actor} />
      {menu !== undefined && <MessageMenu {...menu} actorId={actor} onClose={closeMenu} />}
      {photo !== undefined && <Lightbox {...photo} onClose={() => setPhoto(undefined)} />}
      {chosen !== undefined && (
        <SendFilesDialog chatId={chat.id} chosen={chosen} onClose={() => setChosen(undefined)} />
      )}
    </ConversationContext>
  )
}
