import { useEffect } from 'react'
import type { RefObject } from 'react'

interface RovingFocus {
  /** Selects the rows. A row is a control itself, or holds controls. */
  readonly rows: string
  /** The row that Tab reaches before one was chosen. Default: the current one, else the first. */
  readonly start?: 'last'
}

const CONTROLS = 'a[href], button, input, pre, audio[controls], video[controls], [role="button"]'

/**
 * Makes a list one stop of the Tab key, whatever it holds. Up, Down, Home and End go from row to
 * row; Right and Left go through a row's controls; Escape leads back from a control to its row. The
 * rows may change at any time.
 */
export function useRovingFocus(
  box: RefObject<HTMLElement | null>,
  { rows: selector, start }: RovingFocus,
): void {
  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const rowsNow = (): HTMLElement[] => [...element.querySelectorAll<HTMLElement>(selector)]
    let current: HTMLElement | undefined
    let last: HTMLElement | undefined

    function arrange(): void {
      const rows = rowsNow()
      const hasMoved = start === 'last' && rows.at(-1) !== last
      last = rows.at(-1)
      const focused = rows.find((row) => row.contains(document.activeElement))
      if (focused !== undefined) current = focused
      else if (hasMoved || current === undefined || !rows.includes(current)) current = firstStop(rows, start)
      for (const control of element?.querySelectorAll<HTMLElement>(CONTROLS) ?? []) {
        if (control !== current) setTabIndex(control, -1)
      }
      for (const row of rows) setTabIndex(row, row === current ? 0 : -1)
    }

    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
      const { target } = event
      if (!(target instanceof HTMLElement)) return
      const next = nextStop(rowsNow(), target, event.key)
      if (next === undefined) return
      event.preventDefault()
      next.focus()
    }

    arrange()
    const observer = new MutationObserver(arrange)
    observer.observe(element, { childList: true, subtree: true })
    element.addEventListener('focusin', arrange)
    element.addEventListener('keydown', onKeyDown)
    return () => {
      observer.disconnect()
      element.removeEventListener('focusin', arrange)
      element.removeEventListener('keydown', onKeyDown)
    }
  }, [box, selector, start])
}

function firstStop(rows: readonly HTMLElement[], start: RovingFocus['start']): HTMLElement | undefined {
  if (start === 'last') return rows.at(-1)
  return rows.find((row) => row.getAttribute('aria-current') === 'true') ?? rows[0]
}

function setTabIndex(element: HTMLElement, value: 0 | -1): void {
  if (element.getAttribute('tabindex') !== String(value)) element.setAttribute('tabindex', String(value))
}

/** Where a key leads from an element; `undefined` if the key is not for the list. */
function nextStop(rows: readonly HTMLElement[], from: HTMLElement, key: string): HTMLElement | undefined {
  const index = rows.findIndex((row) => row.contains(from))
  const row = rows[index]
  if (row === undefined) return undefined
  if (key === 'Escape') return from === row ? undefined : row
  if (isOwnKey(from, key)) return undefined
  const controls = [...row.querySelectorAll<HTMLElement>(CONTROLS)]
  if (key === 'Enter') return from === row ? controls[0] : undefined
  const isFlat = controls.length === 0
  if (key === 'ArrowUp' || (isFlat && key === 'ArrowLeft')) return rows[index - 1] ?? row
  if (key === 'ArrowDown' || (isFlat && key === 'ArrowRight')) return rows[index + 1] ?? row
  if (key === 'Home') return rows[0]
  if (key === 'End') return rows.at(-1)
  const stops = [row, ...controls]
  if (key === 'ArrowRight') return stops[stops.indexOf(from) + 1] ?? from
  if (key === 'ArrowLeft') return stops[stops.indexOf(from) - 1] ?? from
  return undefined
}

/** Whether a control needs a key itself: sliders, players and code that scrolls. */
function isOwnKey(element: HTMLElement, key: string): boolean {
  const isSideways = key === 'ArrowLeft' || key === 'ArrowRight'
  if (element.matches('audio, video')) return key.startsWith('Arrow')
  if (element.matches('input')) return isSideways || key === 'Home' || key === 'End'
  if (!element.matches('pre')) return false
  return isSideways
    ? element.scrollWidth > element.clientWidth
    : key.startsWith('Arrow') && element.scrollHeight > element.clientHeight
}
