import { useEffect, useRef } from 'react'
import type { ReactElement } from 'react'
import type { BotCommandEntry } from '../api/driver-types.ts'

interface CommandMenuProps {
  readonly id: string
  readonly commands: readonly BotCommandEntry[]
  readonly selected: number
  readonly onPick: (command: string) => void
  readonly onClose: () => void
}

/** The assistant's commands. The composer keeps the focus and controls the selection. */
export function CommandMenu({ id, commands, selected, onPick, onClose }: CommandMenuProps): ReactElement {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.children[selected]?.scrollIntoView({ block: 'nearest' })
  }, [selected])
  useEffect(() => {
    const onPointer = (event: PointerEvent): void => {
      const isInside = event.target instanceof Element && event.target.closest('.composer') !== null
      if (!isInside) onClose()
    }
    addEventListener('pointerdown', onPointer)
    return () => removeEventListener('pointerdown', onPointer)
  }, [onClose])
  return (
    <div
      ref={list}
      id={id}
      className="command-menu"
      role="listbox"
      aria-label="Commands"
      data-testid="command-menu"
    >
      {commands.map(({ command, description }, index) => (
        <div
          key={command}
          id={`${id}-${index}`}
          className="command-menu__item"
          role="option"
          tabIndex={-1}
          aria-selected={index === selected}
          // a click must not take the focus from the composer
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(command)}
        >
          <b>/{command}</b>
          <span>{description}</span>
        </div>
      ))}
    </div>
  )
}
