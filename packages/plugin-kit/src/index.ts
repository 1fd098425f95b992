export { GuardedRegExp } from './guarded-reg-exp.ts'
export { renderPng } from './render-png.ts'
export { createThreadWork, ThreadWorkError } from './thread-work.ts'
export type { ThreadWork, ThreadWorkOptions } from './thread-work.ts'
