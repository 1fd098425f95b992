import { useLayoutEffect, useRef } from 'react'
import type { ReactElement, RefObject } from 'react'
import type { TranscriptMessage } from '../api/driver-types.ts'
import { copyText } from '../hooks/use-copy.ts'
import { usePlayground } from '../state/playground-context.ts'
import { isEditable } from '../state/selectors.ts'
import { QUICK_REACTIONS, showEmoji } from '../text/reaction-emoji.ts'
import { Icon } from './icon.tsx'
import type { IconName } from './icon.tsx'
import { moveFocus } from './menu-focus.ts'

interface MessageMenuProps {
  readonly message: TranscriptMessage
  readonly x: number
  readonly y: number
  readonly actorId: number | undefined
  readonly onClose: () => void
}

const MARGIN = 8

/** A message's context menu. */
export function MessageMenu({ message, x, y, actorId, onClose }: MessageMenuProps): ReactElement {
  const playground = usePlayground()
  const menu = useRef<HTMLDivElement>(null)
  // the menu may open under a finger; lifting it must not select an item
  const isArmed = useRef(false)

  usePlacedMenu(menu, { x, y, onClose })
  const own = message.reactions.find((reaction) => reaction.userId === actorId)?.emoji

  function act(action: () => void): void {
    onClose()
    action()
  }

  function copy(): void {
    copyText(message.text).then(
      () => playground.showToast('Copied'),
      () => playground.showToast('The browser did not allow copying.', 'error'),
    )
  }

  const item = (icon: IconName, label: string, action: () => void): ReactElement => (
    <button type="button" role="menuitem" tabIndex={-1} className="menu__item" onClick={() => act(action)}>
      <Icon name={icon} size={20} /> {label}
    </button>
  )

  return (
    <div
      ref={menu}
      popover="manual"
      className="menu menu--message"
      role="menu"
      aria-label="Message actions"
      onPointerDown={() => {
        isArmed.current = true
      }}
      onClickCapture={(event) => {
        const isByKeyboard = event.detail === 0
        if (!isByKeyboard && !isArmed.current) event.stopPropagation()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' || event.key === 'Tab') onClose()
        else moveFocus(event)
      }}
    >
      <div className="menu__reactions" role="group" aria-label="React">
        {QUICK_REACTIONS.map((emoji) => (
          <button
            key={emoji}
            type="button"
            role="menuitemradio"
            tabIndex={-1}
            aria-checked={own === emoji}
            aria-label={`React with ${showEmoji(emoji)}`}
            onClick={() => act(() => playground.react(message, emoji))}
          >
            {showEmoji(emoji)}
          </button>
        ))}
      </div>
      {item('reply', 'Reply', () => playground.compose(message.chatId, { replyToMessageId: message.id }))}
      {isEditable(message, actorId) && item('edit', 'Edit', () => playground.startEdit(message))}
      {message.text !== '' && item('copy', 'Copy text', copy)}
    </div>
  )
}

/** Opens the menu at a point inside the window, and gives the focus back when it is gone. */
function usePlacedMenu(
  menu: RefObject<HTMLElement | null>,
  { x, y, onClose }: Pick<MessageMenuProps, 'x' | 'y' | 'onClose'>,
): void {
  useLayoutEffect(() => {
    const element = menu.current
    if (element === null) return
    const before = document.activeElement
    if (!element.matches(':popover-open')) element.showPopover()
    // not the bounding box, which is smaller during the opening animation
    const { offsetWidth: width, offsetHeight: height } = element
    element.style.left = `${Math.max(MARGIN, Math.min(x, innerWidth - width - MARGIN))}px`
    element.style.top = `${Math.max(MARGIN, Math.min(y, innerHeight - height - MARGIN))}px`
    element.querySelector<HTMLElement>('[role="menuitem"]')?.focus({ preventScroll: true })
    // only a new press elsewhere closes the menu: with the browser's own behaviour, the finger that
    // opened it could close it
    const onPointerDown = (event: PointerEvent): void => {
      if (!(event.target instanceof Node && element.contains(event.target))) onClose()
    }
    addEventListener('pointerdown', onPointerDown, true)
    addEventListener('resize', onClose)
    return () => {
      removeEventListener('pointerdown', onPointerDown, true)
      removeEventListener('resize', onClose)
      if (before instanceof HTMLElement) before.focus({ preventScroll: true })
    }
  }, [menu, x, y, onClose])
}
