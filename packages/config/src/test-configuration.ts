import { formatProblem } from './config-problem.ts'
import { loadConfiguration } from './load-configuration.ts'
import type { LoadedConfiguration } from './loaded-configuration.ts'
import { createTestHome } from './test-home.ts'

type Files = Parameters<typeof createTestHome>[0]
type Variables = Readonly<Record<string, string | undefined>>

/** For this package's tests: loads a home with these files and variables. */
export async function load(files: Files, environment: Variables = {}): Promise<LoadedConfiguration> {
  await using home = await createTestHome(files)
  // awaited here: the home is removed when this function returns
  return await loadConfiguration({ home: home.home, environment })
}

/** Its problems as formatted lines. */
export function linesOf(loaded: LoadedConfiguration): string[] {
  return loaded.problems.map((problem) => formatProblem(problem, loaded))
}

export async function problemsOf(files: Files, environment: Variables = {}): Promise<string[]> {
  return linesOf(await load(files, environment))
}
