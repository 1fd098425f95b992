import { fileURLToPath } from 'node:url'
import { findStructureProblems } from './structure.ts'

const problems = findStructureProblems(fileURLToPath(new URL('..', import.meta.url)))
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0
