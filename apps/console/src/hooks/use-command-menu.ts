import { useCallback, useState } from 'react'
import type { KeyboardEvent } from 'react'
import type { BotCommandEntry } from '../api/driver-types.ts'
import { usePlaygroundState } from '../state/playground-context.ts'
import { matchingCommands } from '../text/command-query.ts'

interface MenuActs {
  /** Sends a command. */
  readonly onRun: (command: string) => void
  /** Writes a command into the input, so that arguments can follow. */
  readonly onComplete: (command: string) => void
}

export interface CommandMenuState {
  /** The commands shown; none when the menu is closed. */
  readonly offered: readonly BotCommandEntry[]
  /** The index of the selected command. */
  readonly current: number
  readonly isOpen: boolean
  readonly close: () => void
  readonly toggle: () => void
  /** Shows what matches the text again, after it changed. */
  readonly reset: () => void
  /** Returns whether the key belongs to the menu. */
  onKey(event: KeyboardEvent, acts: MenuActs): boolean
}

/** The menu of commands: those that match the text, or all after a click on its button. */
export function useCommandMenu(text: string): CommandMenuState {
  const commands = usePlaygroundState((state) => state.commands)
  const [isOpen, setOpen] = useState(false)
  const [isDismissed, setDismissed] = useState(false)
  const [selected, setSelected] = useState(0)
  const offered = isOpen ? commands : isDismissed ? [] : matchingCommands(text, commands)
  const current = Math.min(selected, offered.length - 1)
  const close = useCallback(() => setOpen(false), [])

  return {
    offered,
    current,
    isOpen,
    close,
    toggle() {
      setOpen(!isOpen)
      setSelected(0)
    },
    reset() {
      setOpen(false)
      setDismissed(false)
      setSelected(0)
    },
    onKey(event, { onRun, onComplete }) {
      const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }
      const step = steps[event.key]
      const command = offered[current]?.command
      if (step !== undefined) setSelected((current + step + offered.length) % offered.length)
      else if (event.key === 'Escape') {
        setOpen(false)
        setDismissed(true)
      } else if (command !== undefined && event.key === 'Enter') onRun(command)
      else if (command !== undefined && event.key === 'Tab' && !event.shiftKey) onComplete(command)
      else return false
      return true
    },
  }
}
