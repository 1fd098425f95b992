import { createRequire } from 'node:module'
import type { nativeImport } from '../start/native-import.ts'

const require = createRequire(import.meta.url)
const native = require('../start/native-import.ts') as { nativeImport: typeof nativeImport }

const FAILING = 'data:text/javascript,throw 0'

/**
 * Reads, strips and compiles a module and its imports without running them, by importing it after a
 * module that throws. The real import, which follows, reports any errors and reuses the result.
 */
export async function linkAhead(url: string): Promise<void> {
  const imports = [FAILING, url].map((address) => `import ${JSON.stringify(address)}`).join('\n')
  await native.nativeImport(`data:text/javascript,${encodeURIComponent(imports)}`).catch(() => {})
}
