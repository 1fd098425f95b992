import { useRef, useState } from 'react'
import type { ClipboardEvent, DragEvent } from 'react'

interface FileDrop {
  readonly isOver: boolean
  readonly handlers: {
    readonly onDragEnter: (event: DragEvent) => void
    readonly onDragOver: (event: DragEvent) => void
    readonly onDragLeave: () => void
    readonly onDrop: (event: DragEvent) => void
    readonly onPaste: (event: ClipboardEvent) => void
  }
}

/** Handles files that are dropped on or pasted into an element. */
export function useFileDrop(onFiles: (files: readonly File[]) => void): FileDrop {
  const [isOver, setOver] = useState(false)
  // entering a child also leaves its parent, so enter and leave events are counted
  const depth = useRef(0)
  return {
    isOver,
    handlers: {
      onDragEnter(event) {
        if (!event.dataTransfer.types.includes('Files')) return
        depth.current += 1
        setOver(true)
      },
      onDragOver(event) {
        if (event.dataTransfer.types.includes('Files')) event.preventDefault()
      },
      onDragLeave() {
        depth.current = Math.max(0, depth.current - 1)
        if (depth.current === 0) setOver(false)
      },
      onDrop(event) {
        depth.current = 0
        setOver(false)
        if (event.dataTransfer.files.length === 0) return
        event.preventDefault()
        onFiles([...event.dataTransfer.files])
      },
      onPaste(event) {
        if (event.clipboardData.files.length === 0) return
        event.preventDefault()
        onFiles([...event.clipboardData.files])
      },
    },
  }
}
