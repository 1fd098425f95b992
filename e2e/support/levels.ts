import { long } from '@pluggram/testing/long'

export type Level = 'process' | 'inline'

/**
 * Both isolation levels in the long form. The short form runs the process level, where every call
 * crosses a border.
 */
export const LEVELS = long<readonly Level[]>(['process'], ['process', 'inline'])
