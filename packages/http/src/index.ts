export { askLocally } from './local-door/ask-locally.ts'
export type { LocalRequest } from './local-door/ask-locally.ts'
export { serveLocally } from './local-door/serve-locally.ts'
export { errorBody, pathOf, sendErrors } from './send-errors.ts'
