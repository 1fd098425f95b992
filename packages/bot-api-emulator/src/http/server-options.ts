import type { EmulatorControl } from '../control.ts'
import type { ChatDriver } from '../drive-types.ts'
import type { Emulation } from '../emulation.ts'
import type { MethodRegistry } from '../method-registry.ts'
import type { EmulatorLogger } from '../options.ts'

/** Options of the HTTP server. */
export interface ServerOptions {
  readonly emulation: Emulation
  readonly registry: MethodRegistry
  readonly logger: EmulatorLogger
  /** Absent if the driver's routes are mounted elsewhere. */
  readonly driver: { readonly driver: ChatDriver; readonly control: EmulatorControl } | undefined
}
