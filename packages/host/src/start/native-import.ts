/**
 * Node's own `import()`. This file is loaded with `require`, so that test runners do not rewrite
 * its `import()`. So Node itself always loads plugins, strips types and applies hooks.
 */
export function nativeImport(url: string): Promise<unknown> {
  return import(url)
}
