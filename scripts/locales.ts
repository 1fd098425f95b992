import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const PLACES = ['docs', 'packages', 'plugins']

/** Translations that lack a text which another language of the same plugin has. */
export function checkLocales(root: string): string[] {
  const files = PLACES.flatMap((place) => localesBelow(join(root, place)))
  const folders = Map.groupBy(files, (file) => dirname(file))
  return [...folders.values()].flatMap((languages) => {
    const known = languages.map((file) => ({ file, keys: keysOf(file) }))
    const all = new Set(known.flatMap(({ keys }) => [...keys]))
    return known.flatMap(({ file, keys }) =>
      [...all.difference(keys)].map((key) => `${relative(root, file)} has no text "${key}"`),
    )
  })
}

function localesBelow(folder: string): string[] {
  let names: string[]
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch {
    return []
  }
  return names
    .filter((name) => /(?:^|[\\/])locales[\\/][^\\/]+\.json$/.test(name) && !name.includes('node_modules'))
    .map((name) => join(folder, name))
}

function keysOf(file: string): ReadonlySet<string> {
  return new Set(Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object))
}
