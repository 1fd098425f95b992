import { useCallback, useEffect, useRef, useState } from 'react'
import type { ReactElement, RefObject } from 'react'
import type { EmulatedChat } from '../api/driver-types.ts'
import { useCommandMenu } from '../hooks/use-command-menu.ts'
import type { CommandMenuState } from '../hooks/use-command-menu.ts'
import { useComposer } from '../hooks/use-composer.ts'
import type { ComposerActs } from '../hooks/use-composer.ts'
import { usePlaygroundState } from '../state/playground-context.ts'
import { AttachButton } from './attach-button.tsx'
import { CommandMenu } from './command-menu.tsx'
import { ComposeBar } from './compose-bar.tsx'
import { ComposerInput } from './composer-input.tsx'
import { Icon } from './icon.tsx'
import { ReplyKeyboardPanel } from './reply-keyboard-panel.tsx'
import { SendButton } from './send-button.tsx'
import type { ChosenFiles } from './send-files-dialog.tsx'
import { UserSwitcher } from './user-switcher.tsx'
import { VoiceRecorder } from './voice-recorder.tsx'

interface ComposerProps {
  readonly chat: EmulatedChat
  readonly actorId: number | undefined
  readonly onFiles: (files: ChosenFiles) => void
  readonly onSent: () => void
}

const COMMAND_MENU_ID = 'command-menu'

/** The input for text, commands, files and voice, and for replies and edits. */
export function Composer(props: ComposerProps): ReactElement {
  const composer = useComposer(props.chat, props.onSent)
  const { text, editing, replyToMessageId } = composer.compose
  const menu = useCommandMenu(text)
  const input = useRef<HTMLTextAreaElement>(null)
  const [isRecording, setRecording] = useState(false)
  const stopRecording = useCallback(() => setRecording(false), [])

  // do not open a phone's keyboard automatically, except for a reply or an edit
  useEffect(() => {
    if (matchMedia('(hover: hover)').matches) input.current?.focus()
  }, [])
  useEffect(() => {
    if (replyToMessageId !== undefined || editing !== undefined) input.current?.focus()
  }, [replyToMessageId, editing])

  return (
    <footer className="composer">
      {isRecording ? (
        <VoiceRecorder chatId={props.chat.id} onClose={stopRecording} />
      ) : (
        <TextComposer {...props} {...{ composer, menu, input }} onRecord={() => setRecording(true)} />
      )}
    </footer>
  )
}

interface TextComposerProps extends ComposerProps {
  readonly composer: ComposerActs
  readonly menu: CommandMenuState
  readonly input: RefObject<HTMLTextAreaElement | null>
  readonly onRecord: () => void
}

function TextComposer(props: TextComposerProps): ReactElement {
  const { chat, actorId, composer, menu, input } = props
  const { compose, canSend } = composer
  const focus = (): void => input.current?.focus()

  function change(text: string): void {
    composer.write(text)
    menu.reset()
  }

  function runCommand(command: string): void {
    menu.reset()
    composer.runCommand(command)
    focus()
  }

  return (
    <>
      {menu.offered.length > 0 && (
        <CommandMenu
          id={COMMAND_MENU_ID}
          commands={menu.offered}
          selected={menu.current}
          onPick={runCommand}
          onClose={menu.close}
        />
      )}
      <ReplyKeyboardPanel chatId={chat.id} onPick={composer.sendText} />
      <div className="composer__row">
        <div className="composer__box">
          <ComposeBar chatId={chat.id} compose={compose} />
          <div className="composer__line">
            {chat.type !== 'private' && <UserSwitcher chat={chat} actorId={actorId} />}
            {compose.text === '' && (
              <MenuButton
                isOpen={menu.isOpen}
                onClick={() => {
                  menu.toggle()
                  focus()
                }}
              />
            )}
            <ComposerInput
              {...{ input, composer, menu }}
              menuId={COMMAND_MENU_ID}
              onChange={change}
              onRun={runCommand}
            />
            <AttachButton chatId={chat.id} onFiles={props.onFiles} />
          </div>
        </div>
        <SendButton
          canSend={canSend}
          isEditing={compose.editing !== undefined}
          onSend={() => {
            void composer.submit()
            focus()
          }}
          onRecord={props.onRecord}
        />
      </div>
    </>
  )
}

interface MenuButtonProps {
  readonly isOpen: boolean
  readonly onClick: () => void
}

/** Opens the menu of all commands, if there are some. */
function MenuButton({ isOpen, onClick }: MenuButtonProps): ReactElement | null {
  const hasCommands = usePlaygroundState((state) => state.commands.length > 0)
  if (!hasCommands) return null
  return (
    <button
      type="button"
      className="composer__commands"
      aria-label="Menu of commands"
      aria-expanded={isOpen}
      onClick={onClick}
    >
      <Icon name={isOpen ? 'close' : 'menu'} size={20} />
      <span>Menu</span>
    </button>
  )
}
