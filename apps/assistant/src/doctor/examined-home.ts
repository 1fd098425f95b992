import type { AssistantSettings, LoadedConfiguration } from '@pluggram/config'
import type { CliEnvironment } from '../cli/cli-environment.ts'
import type { HomeReading } from '../read-home.ts'
import type { Problem } from './problem.ts'
import type { Reach } from './reach.ts'

/** The home that a doctor looks at. */
export interface ExaminedHome {
  readonly home: string
  readonly cli: CliEnvironment
  readonly reading: HomeReading
  readonly configuration: LoadedConfiguration
  readonly settings: AssistantSettings
  /** An assistant or another command works in it. */
  readonly isRunning: boolean
  readonly isOffline: boolean
  /** Whether a plugin is loaded to check its block; a running assistant knows of those that are well. */
  loadsPlugin(name: string): boolean
  /** Which servers can be reached at all. */
  readonly reach: Reach
}

/** One check: it looks, and changes nothing. */
export interface DoctorCheck {
  /** Shown when it cannot be made: "Could not check …". */
  readonly name: string
  /** What its findings' ids begin with. */
  readonly areas: readonly string[]
  /** It asks other machines, within 5 s in all. */
  readonly isNetwork?: true
  /** How long it may take. Default 5. */
  readonly seconds?: number
  run(home: ExaminedHome): readonly Problem[] | Promise<readonly Problem[]>
}
