import { createHash } from 'node:crypto'

/**
 * Stands for a name inside a button, whose data holds 59 bytes: names of plugins and keys can be longer. It is made of the
 * name alone, so buttons work after a restart.
 */
export function shortRef(name: string): string {
  return createHash('sha256').update(name).digest('base64url').slice(0, 10)
}

/** The one of `names` that `ref` stands for. */
export function findByRef(names: readonly string[], ref: string | undefined): string | undefined {
  return names.find((name) => shortRef(name) === ref)
}
