import { long } from '@pluggram/testing/long'

export type Level = 'process' | 'inline'

/**
 * The short form runs the process level, where every call crosses a border; the long form runs the
 * other one.
 */
export const LEVELS = long<readonly Level[]>(['process'], ['inline'])
