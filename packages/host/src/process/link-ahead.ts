import { createRequire } from 'node:module'
import type { nativeImport } from '../native-import.ts'

const require = createRequire(import.meta.url)
const native = require('../native-import.ts') as { nativeImport: typeof nativeImport }

const FAILING = 'data:text/javascript,throw 0'

/**
 * Reads, strips and compiles a module and what it imports, and runs none of it: it is imported
 * behind a module that throws. What is wrong with it is told by its real import, which goes on from
 * here.
 */
export async function linkAhead(url: string): Promise<void> {
  const imports = [FAILING, url].map((address) => `import ${JSON.stringify(address)}`).join('\n')
  await native.nativeImport(`data:text/javascript,${encodeURIComponent(imports)}`).catch(() => {})
}
