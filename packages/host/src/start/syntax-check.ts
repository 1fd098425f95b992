import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Returns Node's report on a JavaScript or TypeScript file that it cannot parse; `undefined` when it can. */
export type SyntaxCheck = (file: string) => Promise<string | undefined>

const run = promisify(execFile)

/** Parses what is left of TypeScript without its types; `--check` takes it for JavaScript. */
const PARSE_TYPESCRIPT = `
  const code = require('node:module').stripTypeScriptTypes(require('node:fs').readFileSync(process.argv[1], 'utf8'))
  new (require('node:vm').SourceTextModule)(code, { identifier: process.argv[1] })`

/** Makes another Node process parse the file without running it. */
export const checkSyntax: SyntaxCheck = async (file) => {
  try {
    await run(process.execPath, checkArguments(file), { env: {}, timeout: 5_000, encoding: 'utf8' })
    return undefined
  } catch (failure) {
    const report: unknown = Reflect.get(Object(failure), 'stderr')
    return typeof report === 'string' ? report : undefined
  }
}

function checkArguments(file: string): string[] {
  if (!/\.m?ts$/.test(file)) return ['--check', file]
  return ['--experimental-vm-modules', '--no-warnings', '-e', PARSE_TYPESCRIPT, file]
}
