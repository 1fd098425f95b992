import type { Button } from '@pluggram/sdk'
import { TEXTS } from './texts.ts'

export function back(data: string): Button {
  return { text: TEXTS.back, data }
}

/** Two buttons in each row. */
export function pairs(buttons: readonly Button[]): Button[][] {
  return Array.from({ length: Math.ceil(buttons.length / 2) }, (_, row) =>
    buttons.slice(row * 2, row * 2 + 2),
  )
}
