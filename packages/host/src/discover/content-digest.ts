import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { PluginCandidate } from './plugin-candidate.ts'

/** Beyond this many files, a folder holds dependencies or data, not a plugin's own code. */
const MAX_FILES = 2_000
const SKIPPED = new Set(['node_modules', '.git', 'data'])

/** A fingerprint of files by their content. An unreadable file changes it too. */
export async function digestFiles(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  const sorted = [...new Set(files)].toSorted()
  const contents = await Promise.all(sorted.map((file) => readFile(file).catch(() => undefined)))
  sorted.forEach((file, index) => {
    const content = contents[index]
    hash.update(`${file}\0${content?.byteLength ?? 'none'}\0`)
    if (content) hash.update(content)
  })
  return hash.digest('base64url')
}

/** A fingerprint of plain data. */
export function digestData(data: unknown): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('base64url')
}

/** The files that define a plugin, besides those that it imports. */
export async function ownFiles({
  entry,
  directory,
  isSingleFile,
  packageFile,
}: PluginCandidate): Promise<string[]> {
  if (isSingleFile) return withHelpers(entry)
  const files = await listFiles(directory)
  return [entry, ...(packageFile === undefined ? [] : [packageFile]), ...files]
}

const RELATIVE = /['"](\.{1,2}\/[^'"\n]+)['"]/g

/** A single file and the files beside it that it names, and those that they name. */
async function withHelpers(entry: string): Promise<string[]> {
  const root = path.dirname(entry)
  const found = new Set([entry])
  for (const file of found) {
    if (found.size >= MAX_FILES) break
    const text = await readFile(file, 'utf8').catch(() => '')
    for (const [, named = ''] of text.matchAll(RELATIVE)) {
      const helper = path.resolve(path.dirname(file), named)
      if (helper.startsWith(root + path.sep)) found.add(helper)
    }
  }
  return [...found]
}

async function listFiles(root: string): Promise<string[]> {
  const found: string[] = []
  const open = [root]
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    const items = await readdir(directory, { withFileTypes: true }).catch(() => [])
    for (const item of items) {
      if (SKIPPED.has(item.name)) continue
      const file = path.join(directory, item.name)
      if (item.isDirectory()) open.push(file)
      else if (item.isFile()) found.push(file)
      if (found.length >= MAX_FILES) return found
    }
  }
  return found
}
