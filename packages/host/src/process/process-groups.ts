import type { Logger } from '@pluggram/sdk'
import type { LaunchedProcess, LaunchOptions } from './launch.ts'
import { SharedProcess } from './shared-process.ts'

/** The shared processes, one for each group. */
export class ProcessGroups {
  readonly #processes = new Map<string, { readonly coverage: string; readonly process: SharedProcess }>()

  /**
   * Takes a seat in the group's process. Starts a new process if there is none, or if the group's
   * members have changed. It also does if this plugin was in it before, since its code would not be
   * read again. The others move over at their next start.
   */
  takeSeat(
    plugin: string,
    launch: LaunchOptions & { readonly group: string },
    logger: Logger,
  ): LaunchedProcess {
    const { workingDirectory: _any, ...rights } = launch
    const coverage = JSON.stringify(rights)
    const known = this.#processes.get(launch.group)
    if (known?.coverage === coverage && known.process.mayTake(plugin)) return known.process.take(plugin)
    const process = new SharedProcess(launch.group, launch, logger)
    this.#processes.set(launch.group, { coverage, process })
    return process.take(plugin)
  }
}
