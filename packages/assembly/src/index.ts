export { assemble } from './assemble.ts'
export type { Assembly } from './assemble.ts'
export { definePart, given, many, one } from './part.ts'
export type { Life, Part } from './part.ts'
