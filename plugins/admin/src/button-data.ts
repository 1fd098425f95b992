import { createHash } from 'node:crypto'

/**
 * Stands for a name inside a button. Data of up to 43 bytes travels in the button, and names of
 * plugins and keys can be longer. It depends on the name alone, so buttons work after a restart.
 */
export function shortRef(name: string): string {
  return createHash('sha256').update(name).digest('base64url').slice(0, 10)
}

/** Finds the name in `names` that `ref` stands for. */
export function findByRef(names: readonly string[], ref: string | undefined): string | undefined {
  return names.find((name) => shortRef(name) === ref)
}
