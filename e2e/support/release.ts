import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './program.ts'

const CODE = ['apps', 'packages', 'plugins', 'package.json']
const made: string[] = []

/** Replaces a text in a file of a release; a test breaks releases with it. */
export interface Patch {
  readonly file: string
  readonly from: string
  readonly to: string
}

/** A release of this very code, with another version and patches, in a folder of its own. */
export async function createRelease(
  version: string,
  patches: readonly Patch[] = [],
  isInstalled = true,
): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'pluggram-release-')), version)
  made.push(folder)
  await mkdir(folder)
  const filter = (path: string): boolean => !/[/\\](?:node_modules|e2e|bench)$/.test(path)
  for (const name of CODE) await cp(join(ROOT, name), join(folder, name), { recursive: true, filter })
  if (isInstalled) await linkModules(folder)
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as object
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, version }))
  for (const { file, from, to } of patches) {
    const text = await readFile(join(folder, file), 'utf8')
    if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`)
    await writeFile(join(folder, file), text.replace(from, to))
  }
  return folder
}

/** A folder with an `npm` that installs without a network: it links this checkout's packages. */
export async function createNpm(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pluggram-npm-'))
  made.push(join(folder, 'bin'))
  await mkdir(join(folder, 'bin'))
  const program = `#!${process.execPath}
import { linkModules } from ${JSON.stringify(import.meta.filename)}
await linkModules(process.cwd())`
  await writeFile(join(folder, 'bin/npm'), program, { mode: 0o755 })
  return join(folder, 'bin')
}

/** Other packages are those of this checkout; our own are those of the release. */
export async function linkModules(folder: string): Promise<void> {
  const modules = join(ROOT, 'node_modules')
  await mkdir(join(folder, 'node_modules/@pluggram'), { recursive: true })
  for (const name of await readdir(modules)) {
    if (name === '@pluggram' || name === '.cache') continue
    await symlink(join(modules, name), join(folder, 'node_modules', name))
  }
  for (const group of ['packages', 'apps', 'plugins']) {
    for (const name of await readdir(join(folder, group))) {
      const text = await readFile(join(folder, group, name, 'package.json'), 'utf8').catch(() => '{}')
      const { name: id = '' } = JSON.parse(text) as { name?: string }
      if (!id.startsWith('@pluggram/')) continue
      // as npm links workspaces: the folder may move
      await symlink(join('../..', group, name), join(folder, 'node_modules', id))
      const nested = join(ROOT, group, name, 'node_modules')
      if (existsSync(nested)) await symlink(nested, join(folder, group, name, 'node_modules'))
    }
  }
}

export async function removeReleases(): Promise<void> {
  await Promise.all(made.splice(0).map((folder) => rm(join(folder, '..'), { recursive: true, force: true })))
}
