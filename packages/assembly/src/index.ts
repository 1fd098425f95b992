export { assemble } from './assemble.ts'
export type { Assembly, AssemblyOptions, PartTime } from './assemble.ts'
export { definePart, given, many, one } from './part.ts'
export type { Life, ListToken, Part, Token } from './part.ts'
