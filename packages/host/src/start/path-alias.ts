import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** tsconfig.json may extend a file, and that another one. */
const MAX_FILES = 4

/**
 * Whether an import names no package, but what bundlers and TypeScript make a path of: `@/lib`,
 * `~/lib`, a name that the plugin's tsconfig.json has under `paths`, or a folder below its `baseUrl`.
 * @param name the package's name in the import
 */
export function isPathAlias(name: string, directory: string): boolean {
  if (/^(?:@$|@\/|[~$])/.test(name)) return true
  return compilerFiles(directory).some(
    (text) => pathsIn(text).some((pattern) => isNamed(pattern, name)) || isBelowBase(text, name, directory),
  )
}

/** The texts of a folder's tsconfig.json and of what it extends, without comments. */
function compilerFiles(directory: string): string[] {
  const texts: string[] = []
  let file: string | undefined = path.join(directory, 'tsconfig.json')
  while (file !== undefined && texts.length < MAX_FILES) {
    let text: string
    try {
      text = readFileSync(file, 'utf8')
    } catch {
      // there is none, or the plugin's process may not see it
      break
    }
    // addresses in texts have slashes as well, but are no paths that anybody imports
    text = text.replaceAll(/\/\*[^]*?\*\/(?=\s)|(?<=^|\s)\/\/[^\n]*/g, '')
    texts.push(text)
    const base: string | undefined = /"extends"\s*:\s*"(\.[^"]+)"/.exec(text)?.[1]
    const ending: string = base?.endsWith('.json') === true ? '' : '.json'
    file = base === undefined ? undefined : path.resolve(path.dirname(file), `${base}${ending}`)
  }
  return texts
}

function pathsIn(text: string): string[] {
  const [, paths = ''] = /"paths"\s*:\s*\{([^}]*)\}/.exec(text) ?? []
  return Array.from(paths.matchAll(/"([^"]+)"\s*:/g), ([, pattern = '']) => pattern)
}

/** Node names the package alone, so `shared/deep/*` is meant by `shared`. */
function isNamed(pattern: string, name: string): boolean {
  const prefix = pattern.replace(/\*.*$/, '')
  const parts = prefix.split('/')
  const own = parts.slice(0, prefix.startsWith('@') ? 2 : 1).join('/')
  if (prefix === '') return false
  return own === name || own === `${name}/` || (pattern.includes('*') && `${name}/`.startsWith(prefix))
}

function isBelowBase(text: string, name: string, directory: string): boolean {
  const base = /"baseUrl"\s*:\s*"([^"]*)"/.exec(text)?.[1]
  if (base === undefined) return false
  try {
    const names = readdirSync(path.resolve(directory, base))
    return names.some((entry) => entry === name || entry.replace(/\.[cm]?[jt]s$/, '') === name)
  } catch {
    return false
  }
}
