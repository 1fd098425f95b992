import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { RefObject } from 'react'

/** This close to the end counts as being at the end. */
const SLACK_PIXELS = 60

/** The box is marked `data-scrolling` until it has not scrolled for this long. */
const SCROLL_REST_MS = 900

interface StickToBottom {
  readonly isAtBottom: boolean
  readonly scrollToBottom: (behavior?: ScrollBehavior) => void
}

/**
 * Keeps a scrolling box at its end while its content grows (messages, a streamed draft, loading
 * pictures). If the reader has scrolled up, the position is left alone.
 */
export function useStickToBottom(
  box: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
): StickToBottom {
  const [isAtBottom, setAtBottom] = useState(true)
  const sticks = useRef(true)

  const scrollToBottom = useCallback(
    (behavior: ScrollBehavior = 'instant') => {
      const element = box.current
      if (element === null) return
      sticks.current = true
      element.scrollTo({ top: element.scrollHeight, behavior })
    },
    [box],
  )

  useLayoutEffect(() => scrollToBottom(), [scrollToBottom])

  useEffect(() => {
    const element = box.current
    const inner = content.current
    if (element === null || inner === null) return undefined
    let lastTop = element.scrollTop
    let rest: ReturnType<typeof setTimeout> | undefined
    const onScroll = (): void => {
      element.dataset['scrolling'] = ''
      clearTimeout(rest)
      rest = setTimeout(() => delete element.dataset['scrolling'], SCROLL_REST_MS)
      const isNear = element.scrollHeight - element.scrollTop - element.clientHeight < SLACK_PIXELS
      // growing content moves the end away; only scrolling up stops following it
      if (isNear) sticks.current = true
      else if (element.scrollTop < lastTop) sticks.current = false
      lastTop = element.scrollTop
      setAtBottom(sticks.current)
    }
    const observer = new ResizeObserver(() => {
      if (sticks.current) element.scrollTop = element.scrollHeight
    })
    observer.observe(inner)
    observer.observe(element)
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      observer.disconnect()
      clearTimeout(rest)
      element.removeEventListener('scroll', onScroll)
    }
  }, [box, content])

  return { isAtBottom, scrollToBottom }
}
