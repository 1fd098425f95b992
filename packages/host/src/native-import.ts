/**
 * Node's own `import()`. This file is loaded through `require`, so that a test runner which
 * rewrites `import()` leaves it alone: plugins are always read by Node itself, types stripped,
 * hooks applied.
 */
export function nativeImport(url: string): Promise<unknown> {
  return import(url)
}
