import { useRef } from 'react'
import type { MouseEvent, PointerEvent } from 'react'

const PRESS_MS = 450
const SLIP_PIXELS = 10

interface LongPressHandlers {
  readonly onPointerDown: (event: PointerEvent) => void
  readonly onPointerMove: (event: PointerEvent) => void
  readonly onPointerUp: () => void
  readonly onPointerCancel: () => void
  readonly onClickCapture: (event: MouseEvent) => void
}

/** Detects a long press, for browsers that do not fire `contextmenu` for it. */
export function useLongPress(onPress: (x: number, y: number) => void): LongPressHandlers {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number }>(undefined)
  const hasOpened = useRef(false)
  function stop(): void {
    clearTimeout(press.current?.timer)
    press.current = undefined
  }
  return {
    onPointerDown(event) {
      if (event.pointerType !== 'touch') return
      stop()
      hasOpened.current = false
      const { clientX: x, clientY: y } = event
      const open = (): void => {
        hasOpened.current = true
        onPress(x, y)
      }
      press.current = { timer: setTimeout(open, PRESS_MS), x, y }
    },
    onPointerMove(event) {
      const start = press.current
      if (start === undefined) return
      if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > SLIP_PIXELS) stop()
    },
    onPointerUp: stop,
    onPointerCancel: stop,
    // lifting the finger must not click the element under it
    onClickCapture(event) {
      if (!hasOpened.current) return
      hasOpened.current = false
      event.preventDefault()
      event.stopPropagation()
    },
  }
}
