import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { describe, expect, it } from 'vitest'
import { botApiSchemas } from './schemas.ts'

describe('the generated schemas', () => {
  it('were made from the installed @gramio/types; run `npm run generate` when not', () => {
    const file = findPackageJSON('@gramio/types', import.meta.url) ?? ''
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
    expect(botApiSchemas().typesVersion).toBe(version)
  })

  it('name every method of its declarations', () => {
    const file = findPackageJSON('@gramio/types', import.meta.url) ?? ''
    const declarations = readFileSync(file.replace('package.json', 'out/methods.d.ts'), 'utf8')
    const names = [...declarations.matchAll(/^ {4}(\w+): CallAPI/gm)].map(([, name]) => name)
    expect(names.length).toBeGreaterThan(170)
    expect(Object.keys(botApiSchemas().methods).toSorted()).toEqual(names.toSorted())
  })
})
