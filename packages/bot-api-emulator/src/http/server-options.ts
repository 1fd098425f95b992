import type { EmulatorControl } from '../control.ts'
import type { ChatDriver } from '../drive-types.ts'
import type { Emulation } from '../emulation.ts'
import type { MethodRegistry } from '../method-registry.ts'
import type { EmulatorLogger } from '../options.ts'

/** What the HTTP server serves. */
export interface ServerOptions {
  readonly emulation: Emulation
  readonly registry: MethodRegistry
  readonly token: string
  readonly logger: EmulatorLogger
  /** Left out when somebody else mounts the driver's routes. */
  readonly driver: { readonly driver: ChatDriver; readonly control: EmulatorControl } | undefined
}
