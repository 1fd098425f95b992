import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Returns Node's report on a JavaScript file that it cannot parse; `undefined` when it can. */
export type SyntaxCheck = (file: string) => Promise<string | undefined>

const run = promisify(execFile)

/** Makes another Node process parse the file without running it. */
export const checkSyntax: SyntaxCheck = async (file) => {
  try {
    await run(process.execPath, ['--check', file], { env: {}, timeout: 5_000, encoding: 'utf8' })
    return undefined
  } catch (failure) {
    const report: unknown = Reflect.get(Object(failure), 'stderr')
    return typeof report === 'string' ? report : undefined
  }
}
