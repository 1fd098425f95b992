import { useEffect, useRef, useState } from 'react'
import { cutWhole } from '../text/cut-whole.ts'

/**
 * Reveals a text that arrives in chunks a few letters per frame, so that a streamed answer appears
 * as if typed. The whole text is shown immediately when it is complete, or when the reader prefers
 * reduced motion.
 */
export function useRevealedText(text: string, isLive: boolean): string {
  const [shown, setShown] = useState(0)
  const position = useRef(0)
  const previous = useRef('')
  const animates = isLive && !matchMedia('(prefers-reduced-motion: reduce)').matches

  useEffect(() => {
    if (!animates) return undefined
    // if the text was rewritten, continue after the last unchanged letter
    position.current = Math.min(position.current, commonLength(previous.current, text))
    previous.current = text
    let frame = requestAnimationFrame(advance)
    function advance(): void {
      const rest = text.length - position.current
      position.current += Math.min(rest, Math.max(2, Math.ceil(rest / 14)))
      setShown(position.current)
      if (position.current < text.length) frame = requestAnimationFrame(advance)
    }
    return () => cancelAnimationFrame(frame)
  }, [animates, text])

  return animates ? cutWhole(text, shown) : text
}

function commonLength(left: string, right: string): number {
  const limit = Math.min(left.length, right.length)
  let length = 0
  while (length < limit && left[length] === right[length]) length += 1
  return length
}
