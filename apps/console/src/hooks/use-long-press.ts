import { useRef } from 'react'
import type { PointerEvent } from 'react'

const PRESS_MS = 450
const SLIP_PIXELS = 10

interface LongPressHandlers {
  readonly onPointerDown: (event: PointerEvent) => void
  readonly onPointerMove: (event: PointerEvent) => void
  readonly onPointerUp: () => void
  readonly onPointerCancel: () => void
}

/** A long touch, for browsers that do not send `contextmenu` for it. */
export function useLongPress(onPress: (x: number, y: number) => void): LongPressHandlers {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number }>(undefined)
  function stop(): void {
    clearTimeout(press.current?.timer)
    press.current = undefined
  }
  return {
    onPointerDown(event) {
      if (event.pointerType !== 'touch') return
      stop()
      const { clientX: x, clientY: y } = event
      press.current = { timer: setTimeout(() => onPress(x, y), PRESS_MS), x, y }
    },
    onPointerMove(event) {
      const start = press.current
      if (start === undefined) return
      if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > SLIP_PIXELS) stop()
    },
    onPointerUp: stop,
    onPointerCancel: stop,
  }
}
