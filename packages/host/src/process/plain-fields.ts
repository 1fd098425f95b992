import { toPlainData } from '../wire/plain-data.ts'

/**
 * The fields of a log line, truncated to its limits. They may be anything, and must not make
 * logging fail. The plugin process applies this before sending, and the host again, since it does
 * not trust the process.
 */
export function plainFields(fields: unknown): unknown {
  if (fields === undefined) return undefined
  try {
    return toPlainData(fields, { values: 200, characters: 8_000, depth: 5 })
  } catch {
    return { fields: 'cannot be read' }
  }
}
