import { useLayoutEffect } from 'react'
import type { KeyboardEvent, ReactElement, RefObject } from 'react'
import type { CommandMenuState } from '../hooks/use-command-menu.ts'
import type { ComposerActs } from '../hooks/use-composer.ts'

interface ComposerInputProps {
  readonly input: RefObject<HTMLTextAreaElement | null>
  readonly composer: ComposerActs
  readonly menu: CommandMenuState
  readonly menuId: string
  readonly onChange: (text: string) => void
  readonly onRun: (command: string) => void
}

const MAX_LENGTH = 4096

/** The text field; it grows with its text. */
export function ComposerInput({
  input,
  composer,
  menu,
  menuId,
  onChange,
  onRun,
}: ComposerInputProps): ReactElement {
  const { text } = composer.compose
  const hasMenu = menu.offered.length > 0

  useLayoutEffect(() => {
    const element = input.current
    if (element === null) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }, [input, text])

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.nativeEvent.isComposing) return
    const acts = { onRun, onComplete: (command: string) => onChange(`/${command} `) }
    if (hasMenu && !event.shiftKey && menu.onKey(event, acts)) event.preventDefault()
    else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      void composer.submit()
    } else if (event.key === 'Escape') composer.cancel()
    else if (event.key === 'ArrowUp' && text === '') {
      event.preventDefault()
      composer.editLast()
    }
  }

  return (
    <textarea
      ref={input}
      className="composer__input"
      data-testid="composer"
      dir="auto"
      rows={1}
      maxLength={MAX_LENGTH}
      placeholder="Message"
      aria-label="Message"
      aria-autocomplete="list"
      aria-controls={hasMenu ? menuId : undefined}
      aria-activedescendant={hasMenu ? `${menuId}-${menu.current}` : undefined}
      value={text}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={onKeyDown}
    />
  )
}
