export {
  describeMoment,
  findTimeZone,
  GuardedRegExp,
  TimeLimitError,
  withinMilliseconds,
} from '@pluggram/base'
export { renderPng } from './render-png.ts'
export { createThreadWork, ThreadWorkError } from './thread-work.ts'
export type { ThreadWork, ThreadWorkOptions } from './thread-work.ts'
