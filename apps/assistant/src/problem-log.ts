import { formatProblem } from '@pluggram/host'
import type { PluginProblem } from '@pluggram/host'
import type { Logger } from '@pluggram/sdk'

/** Logs each problem once, as soon as it occurs, and again only after it was gone. */
export interface ProblemLog {
  tell(problem: PluginProblem): void
  tellLine(line: string): void
  /** Updates the list of current problems: logs new ones and forgets resolved ones. */
  settle(lines: readonly string[], problems: readonly PluginProblem[]): void
}

export function createProblemLog(logger: Logger): ProblemLog {
  let told = new Set<string>()

  function say(line: string, level: 'error' | 'warn'): void {
    if (told.has(line)) return
    told.add(line)
    logger[level](line)
  }

  const tell = (problem: PluginProblem): void =>
    say(formatProblem(problem), problem.severity === 'error' ? 'error' : 'warn')
  const tellLine = (line: string): void => say(line, 'warn')
  return {
    tell,
    tellLine,
    settle(lines, problems) {
      for (const line of lines) tellLine(line)
      for (const problem of problems) tell(problem)
      told = new Set([...lines, ...problems.map(formatProblem)])
    },
  }
}
