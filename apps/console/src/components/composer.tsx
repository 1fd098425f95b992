import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { KeyboardEvent, ReactElement } from 'react'
import type { EmulatedChat } from '../api/driver-types.ts'
import { usePlayground, usePlaygroundState } from '../state/playground-context.ts'
import { composeOf } from '../state/selectors.ts'
import { matchingCommands } from '../text/command-query.ts'
import { AttachButton } from './attach-button.tsx'
import { CommandMenu } from './command-menu.tsx'
import { ComposeBar } from './compose-bar.tsx'
import { Icon } from './icon.tsx'
import { ReplyKeyboardPanel } from './reply-keyboard-panel.tsx'
import type { ChosenFiles } from './send-files-dialog.tsx'
import { UserSwitcher } from './user-switcher.tsx'
import { VoiceRecorder, canRecordVoice } from './voice-recorder.tsx'

interface ComposerProps {
  readonly chat: EmulatedChat
  readonly actorId: number | undefined
  readonly onFiles: (files: ChosenFiles) => void
  readonly onSent: () => void
}

const MAX_LENGTH = 4096
const COMMAND_MENU_ID = 'command-menu'

/** The input for text, commands, files and voice, and for replies and edits. */
export function Composer({ chat, actorId, onFiles, onSent }: ComposerProps): ReactElement {
  const playground = usePlayground()
  const compose = usePlaygroundState((state) => composeOf(state, chat.id))
  const commands = usePlaygroundState((state) => state.commands)
  const botUsername = usePlaygroundState((state) => state.bot?.username)
  const input = useRef<HTMLTextAreaElement>(null)
  const [isMenuOpen, setMenuOpen] = useState(false)
  const [isMenuDismissed, setMenuDismissed] = useState(false)
  const [selected, setSelected] = useState(0)
  const [isRecording, setRecording] = useState(false)

  const stopRecording = useCallback(() => setRecording(false), [])
  const closeMenu = useCallback(() => setMenuOpen(false), [])

  const { text, editing, replyToMessageId } = compose
  const typed = matchingCommands(text, commands)
  const offered = isMenuOpen ? commands : isMenuDismissed ? [] : typed
  const hasMenu = offered.length > 0
  const current = Math.min(selected, offered.length - 1)
  const canSend = text.trim() !== ''

  useLayoutEffect(() => {
    const element = input.current
    if (element === null) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }, [text, isRecording])

  // do not open a phone's keyboard automatically, except for a reply or an edit
  useEffect(() => {
    if (matchMedia('(hover: hover)').matches) input.current?.focus()
  }, [])
  useEffect(() => {
    if (replyToMessageId !== undefined || editing !== undefined) input.current?.focus()
  }, [replyToMessageId, editing])

  function change(value: string): void {
    playground.compose(chat.id, { text: value })
    setMenuOpen(false)
    setMenuDismissed(false)
    setSelected(0)
  }

  function sendText(value: string): void {
    playground.sendText(chat.id, value, replyToMessageId)
    playground.cancelReply(chat.id)
    onSent()
  }

  async function submit(): Promise<void> {
    if (!canSend) return
    if (editing === undefined) {
      playground.compose(chat.id, { text: '' })
      sendText(text)
    } else if (await playground.saveEdit(chat.id, editing.messageId, text.trim())) {
      playground.cancelEdit(chat.id)
    }
  }

  function runCommand(command: string): void {
    setMenuOpen(false)
    change('')
    // a group may have several bots, so Telegram adds the bot's name
    sendText(
      chat.type === 'private' || botUsername === undefined ? `/${command}` : `/${command}@${botUsername}`,
    )
    input.current?.focus()
  }

  function onMenuKey(event: KeyboardEvent): boolean {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }
    const step = steps[event.key]
    const command = offered[current]?.command
    if (step !== undefined) setSelected((current + step + offered.length) % offered.length)
    else if (event.key === 'Escape') {
      setMenuOpen(false)
      setMenuDismissed(true)
    } else if (command !== undefined && event.key === 'Enter') runCommand(command)
    else if (command !== undefined && event.key === 'Tab' && !event.shiftKey) change(`/${command} `)
    else return false
    return true
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.nativeEvent.isComposing) return
    if (hasMenu && !event.shiftKey && onMenuKey(event)) event.preventDefault()
    else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      void submit()
    } else if (event.key === 'Escape') {
      playground.cancelReply(chat.id)
      if (editing !== undefined) playground.cancelEdit(chat.id)
    } else if (event.key === 'ArrowUp' && text === '') {
      event.preventDefault()
      playground.startEditOfLast(chat.id)
    }
  }

  if (isRecording) {
    return (
      <footer className="composer">
        <VoiceRecorder chatId={chat.id} onClose={stopRecording} />
      </footer>
    )
  }
  const showsSend = canSend || !canRecordVoice() || editing !== undefined
  return (
    <footer className="composer">
      {hasMenu && (
        <CommandMenu
          id={COMMAND_MENU_ID}
          commands={offered}
          selected={current}
          onPick={runCommand}
          onClose={closeMenu}
        />
      )}
      <ReplyKeyboardPanel chatId={chat.id} onPick={sendText} />
      <div className="composer__row">
        <div className="composer__box">
          <ComposeBar chatId={chat.id} compose={compose} />
          <div className="composer__line">
            {chat.type !== 'private' && <UserSwitcher chat={chat} actorId={actorId} />}
            {commands.length > 0 && text === '' && (
              <button
                type="button"
                className="composer__commands"
                aria-label="Commands"
                aria-expanded={isMenuOpen}
                onClick={() => {
                  setMenuOpen(!isMenuOpen)
                  setSelected(0)
                  input.current?.focus()
                }}
              >
                <Icon name={isMenuOpen ? 'close' : 'menu'} size={20} />
                <span>Menu</span>
              </button>
            )}
            <textarea
              ref={input}
              className="composer__input"
              data-testid="composer"
              rows={1}
              maxLength={MAX_LENGTH}
              placeholder="Message"
              aria-label="Message"
              aria-autocomplete="list"
              aria-controls={hasMenu ? COMMAND_MENU_ID : undefined}
              aria-activedescendant={hasMenu ? `${COMMAND_MENU_ID}-${current}` : undefined}
              value={text}
              onChange={(event) => change(event.target.value)}
              onKeyDown={onKeyDown}
            />
            <AttachButton chatId={chat.id} onFiles={onFiles} />
          </div>
        </div>
        {showsSend ? (
          <button
            type="button"
            className="send-button"
            data-testid="send"
            aria-label={editing === undefined ? 'Send' : 'Save'}
            disabled={!canSend}
            onClick={() => {
              void submit()
              input.current?.focus()
            }}
          >
            <Icon name={editing === undefined ? 'send' : 'check'} />
          </button>
        ) : (
          <button
            type="button"
            className="send-button"
            aria-label="Record a voice message"
            onClick={() => setRecording(true)}
          >
            <Icon name="mic" />
          </button>
        )}
      </div>
    </footer>
  )
}
