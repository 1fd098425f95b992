import type { Logger } from '@pluggram/sdk'
import type { LaunchedProcess, LaunchOptions } from './launch.ts'
import { SharedProcess } from './shared-process.ts'

/** The processes that plugins share, one for each group. */
export class ProcessGroups {
  readonly #processes = new Map<string, { readonly coverage: string; readonly process: SharedProcess }>()

  /**
   * A seat in the group's process. A new process is started when there is none, when this plugin
   * was in it before (its code would not be read again), or when the group has other members now;
   * the others move over when they start next.
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
