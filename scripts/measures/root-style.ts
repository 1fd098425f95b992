import { relative } from 'node:path'
import type { House } from '../house.ts'

/** The composition root, where the parts are assembled. */
const ROOT = /^apps\/assistant\/src\/(?:main|profiles)\.ts$|^apps\/assistant\/src\/parts\//

export interface RootStyle {
  readonly lets: readonly string[]
  readonly thunks: readonly string[]
}

/**
 * Finds variables of the composition root that are assigned later. Also finds functions without
 * parameters that only return such a variable, or something that is created further below.
 */
export function rootStyle({ root, files }: House): RootStyle {
  const lets: string[] = []
  const thunks: string[] = []
  for (const { path, text } of files.values()) {
    const file = relative(root, path)
    if (!ROOT.test(file) || file.endsWith('.test.ts')) continue
    const lines = text.split('\n')
    const setLater = new Set<string>()
    for (const [index, line] of lines.entries()) {
      const name = /^\s*let (\w+)/.exec(line)?.[1]
      if (name === undefined) continue
      setLater.add(name)
      lets.push(`${file}:${index + 1} ${name}`)
    }
    const madeAt = new Map<string, number>()
    for (const [index, line] of lines.entries()) {
      const names = /^\s*const (?:(\w+)|\{([^}]*)\})/.exec(line)
      for (const name of (names?.[1] ?? names?.[2] ?? '').split(',')) {
        const plain = name.split(':').at(-1)?.trim() ?? ''
        if (plain !== '' && !madeAt.has(plain)) madeAt.set(plain, index)
      }
    }
    for (const [index, line] of lines.entries()) {
      for (const [, name = ''] of line.matchAll(/\(\) => (\w+)\b/g)) {
        const isLater = setLater.has(name) || (madeAt.get(name) ?? -1) > index
        if (isLater) thunks.push(`${file}:${index + 1} () => ${name}`)
      }
    }
  }
  return { lets, thunks }
}
