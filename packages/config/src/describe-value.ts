import { resemblesSecret } from '@pluggram/base'
import { quote } from './format-path.ts'

const LONGEST_EXCERPT = 40

/**
 * Describes a value for `got …`. Shows only its type if `isHidden` or if it looks like a
 * credential.
 */
export function describeValue(value: unknown, isHidden: boolean): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`
  if (typeof value === 'object') return 'an object'
  if (isHidden) return `a ${typeof value} (not shown)`
  if (typeof value === 'string') return describeString(value)
  return `the ${typeof value} ${String(value)}`
}

function describeString(value: string): string {
  if (value === '') return 'an empty string'
  if (value.length > LONGEST_EXCERPT) return `a string of ${value.length} characters`
  if (resemblesSecret(value)) return 'a string (not shown)'
  return `the string ${quote(value, LONGEST_EXCERPT)}`
}
