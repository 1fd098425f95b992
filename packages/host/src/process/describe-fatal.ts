import path from 'node:path'
import { locateError, thrownMessage } from '../error-location.ts'

/** Describes a fatal error inside a process, with its position in the plugin's own files. */
export function describeFatal(how: string, error: Error, directory: string): string {
  const location = locateError(error, directory)
  const place = location ? ` (${path.relative(directory, location.file)}:${location.line})` : ''
  return `${how.slice(0, 100)}: ${thrownMessage(error)}${place}`
}
