import { PluggramError } from '@pluggram/sdk'

/** A plugin's process ended while it was needed. */
export class PluginCrashError extends PluggramError {
  constructor(plugin: string, reason: string) {
    super('plugin-crashed', `Plugin ${plugin} ${reason}.`)
  }
}

/** Why a process ended, in words that follow "Plugin NAME". */
export function describeExit(code: number | null, signal: NodeJS.Signals | null, tail: string): string {
  if (
    /heap out of memory|Fatal process out of memory|Reached heap limit|FatalProcessOutOfMemory/i.test(tail)
  ) {
    return 'ran out of memory'
  }
  if (signal !== null) return `was ended by ${signal}${signal === 'SIGABRT' ? ' (it aborted)' : ''}`
  if (code === 134) return 'aborted'
  return `ended its own process (exit code ${code ?? 'unknown'})`
}
