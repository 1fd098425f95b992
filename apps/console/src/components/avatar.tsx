import type { ReactElement } from 'react'
import { initials } from '../text/format.ts'
import { Icon } from './icon.tsx'

const COLOURS = 7

interface AvatarProps {
  readonly name: string
  /** Determines the colour, so that each person keeps theirs. */
  readonly id: number
  readonly size: 'small' | 'medium' | 'large'
  readonly kind?: 'person' | 'bot'
}

/**
 * A round avatar with initials; the assistant has its plug. Decorative, because the name is always
 * next to it.
 */
export function Avatar({ name, id, size, kind = 'person' }: AvatarProps): ReactElement {
  if (kind === 'bot') {
    return (
      <span className={`avatar avatar--${size} avatar--bot`} aria-hidden="true">
        <Icon name="plug" />
      </span>
    )
  }
  return (
    <span className={`avatar avatar--${size} avatar--colour-${colourOf(id)}`} aria-hidden="true">
      {initials(name)}
    </span>
  )
}

/** One of the seven colours of people and their names. */
export function colourOf(id: number): number {
  return Math.abs(id) % COLOURS
}
