import path from 'node:path'
import { locateError, thrownMessage } from '../error-location.ts'

/** Describes a fatal error inside a process, with its position in the plugin's own files. */
export function describeFatal(how: string, error: Error, directory: string): string {
  const location = locateError(error, directory)
  const place = location ? ` (${path.relative(directory, location.file)}:${location.line})` : ''
  return `${how.slice(0, 100)}: ${thrownMessage(error)}${place}`
}

/** What is said of a process that answers nothing for so long. */
export function silence(seconds: number, isStarting: boolean): string {
  const what = isStarting ? 'is still loading' : 'does not respond'
  return `${what}: it has blocked its event loop for ${seconds.toFixed(1)} s`
}
