import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { discoverFolderPlugin, discoverHomePlugins } from './discover-home-plugins.ts'
import type { Findings } from './discover-home-plugins.ts'
import { discoverNpmPlugins } from './discover-npm-plugins.ts'
import { placeOf } from './plugin-candidate.ts'
import type { PluginCandidate } from './plugin-candidate.ts'
import type { PluginProblem } from '../plugin-problem.ts'

export interface DiscoverOptions {
  readonly home: string
  /** The plugins that ship with this release. */
  readonly shipped: readonly { readonly name: string; readonly directory: string }[]
}

export interface Discovery {
  /** Sorted by name; names are unique. */
  readonly candidates: readonly PluginCandidate[]
  /** The files and folders of all plugins, including those that are left out. */
  readonly pluginPaths: readonly string[]
  readonly problems: readonly PluginProblem[]
}

/**
 * Finds every plugin that could be started: shipped ones, `home/plugins`, npm packages in
 * `home/node_modules`. A real path that is found twice counts once, as shipped if it is. When two
 * different plugins have one name, neither is a candidate: only the owner knows which one is meant.
 */
export async function discoverPlugins({ home, shipped }: DiscoverOptions): Promise<Discovery> {
  const places: Findings[] = await Promise.all([
    ...shipped.map(({ name, directory }) => discoverFolderPlugin(directory, { name, origin: 'shipped' })),
    discoverHomePlugins(home),
    discoverNpmPlugins(home),
  ])
  const problems = places.flatMap((findings) => findings.problems)
  const byRealPath = new Map<string, PluginCandidate>()
  for (const candidate of places.flatMap((findings) => findings.candidates)) {
    const entry = await realpath(candidate.entry)
    if (!byRealPath.has(entry)) byRealPath.set(entry, candidate)
  }
  const byName = Map.groupBy(byRealPath.values(), (candidate) => candidate.name)
  const candidates: PluginCandidate[] = []
  for (const [name, claims] of byName) {
    if (claims.length === 1) candidates.push(...claims)
    else problems.push(duplicate(name, claims))
  }
  return {
    candidates: candidates.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    pluginPaths: [
      ...[...byRealPath.values()].map((candidate) => placeOf(candidate)),
      // for a folder, the problem may be in its package.json
      ...problems.flatMap(({ file }) => (file === undefined ? [] : [file, path.dirname(file)])),
    ],
    problems: unique(problems),
  }
}

function duplicate(name: string, claims: readonly PluginCandidate[]): PluginProblem {
  const files = claims.map((candidate) => candidate.entry)
  const others = claims
    .filter((candidate) => candidate.origin !== 'shipped')
    .map((candidate) => candidate.entry)
  return {
    plugin: name,
    severity: 'error',
    code: 'plugin-duplicate',
    message: `${claims.length} plugins are called ${name}: ${files.join(' and ')}. None of them starts. Rename or remove ${others.join(' or ')}.`,
    files,
    ...(files[0] !== undefined && { file: files[0] }),
  }
}

/** Removes duplicates, since a broken folder can be found in several places. */
function unique(problems: readonly PluginProblem[]): PluginProblem[] {
  return [
    ...new Map(problems.map((problem) => [`${problem.file ?? ''}\n${problem.message}`, problem])).values(),
  ]
}
