import type { PluginCrashError } from './crash.ts'
import type { LaunchOptions } from './launch.ts'

/** What the host wants to know of a plugin process. */
export interface PluginProcessOptions {
  readonly plugin: string
  /** Where its files are, to name the place of what it throws. */
  readonly directory: string
  readonly launch: LaunchOptions
  /** Takes what the process prints, and words about it. */
  log(level: 'info' | 'warn' | 'error', message: string): void
  /** Looks at a file that cannot be parsed; only the plugin's own files are asked about. */
  checkSyntax(file: string): Promise<string | undefined>
  onEffects(labels: readonly string[]): void
  /** Called once when the process is gone without having been asked to end. */
  onCrash(error: PluginCrashError): void
}
