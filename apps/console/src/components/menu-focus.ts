import type { KeyboardEvent, ToggleEvent } from 'react'

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 }

/** Moves through a menu's items with the arrow keys, Home and End; Tab closes the menu. */
export function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  if (event.key === 'Tab') {
    event.currentTarget.hidePopover()
    return
  }
  const items = itemsOf(event.currentTarget)
  const index = items.findIndex((candidate) => candidate === document.activeElement)
  const step = STEPS[event.key]
  const next =
    event.key === 'Home'
      ? items[0]
      : event.key === 'End'
        ? items.at(-1)
        : step !== undefined && items.at((index + step) % items.length)
  if (!next) return
  event.preventDefault()
  next.focus()
}

/** Enters a menu that opened. */
export function focusFirstItem(event: ToggleEvent<HTMLElement>): void {
  if (event.newState === 'open') itemsOf(event.currentTarget)[0]?.focus()
}

function itemsOf(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role^="menuitem"]')]
}
