import os from 'node:os'
import { PluggramError } from '@pluggram/sdk'

/** A plugin's process ended unexpectedly. */
export class PluginCrashError extends PluggramError {
  /** False when another plugin ended the process that they share. */
  readonly isOwnFault: boolean

  /** @param reason follows "Plugin NAME"; the error is retryable unless the plugin is parked */
  constructor(plugin: string, reason: string, { isOwnFault = true, isParked = false } = {}) {
    super('plugin-crashed', `Plugin ${plugin} ${reason}.`, { isRetryable: !isParked })
    this.isOwnFault = isOwnFault
  }
}

/** A sandbox reports a signal as shells do: 128 plus the signal's number. */
const signalNames = new Map(
  Object.entries(os.constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]),
)

/** Why a process ended, phrased to follow "Plugin NAME". */
export function describeExit(code: number | null, signal: NodeJS.Signals | null, tail: string): string {
  if (
    /heap out of memory|Fatal process out of memory|Reached heap limit|FatalProcessOutOfMemory/i.test(tail)
  ) {
    return 'ran out of memory'
  }
  const shell = code !== null && code > 128 ? signalNames.get(code - 128) : undefined
  if (signal === null && shell !== undefined) return describeExit(null, shell, '')
  if (signal !== null) return `was ended by ${signal}${signal === 'SIGABRT' ? ' (it aborted)' : ''}`
  return `ended its own process (exit code ${code ?? 'unknown'})`
}
