// Plain JavaScript, so that the cache of compiled code is on before the first TypeScript file is read.
import module from 'node:module'

const [, , codeCache] = process.argv
if (codeCache) module.enableCompileCache(codeCache)
await import('./child-main.ts')
