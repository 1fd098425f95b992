import { toPlainData } from '../rpc/plain-data.ts'

/**
 * Fields of a log line, as much of them as a line holds; they may be anything, and a line is not
 * worth a failure. The process of a plugin sends no more, and the host, which does not trust it,
 * takes no more.
 */
export function plainFields(fields: unknown): unknown {
  if (fields === undefined) return undefined
  try {
    return toPlainData(fields, { values: 200, characters: 8_000, depth: 5 })
  } catch {
    return { fields: 'cannot be read' }
  }
}
