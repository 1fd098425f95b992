import { join } from 'node:path'
import { assemble, given } from '@pluggram/assembly'
import type { Assembly, Part } from '@pluggram/assembly'
import { createLive, createLiveSettings } from '@pluggram/config'
import type { LoadedConfiguration } from '@pluggram/config'
import type { LogTail, RootLogger, SecretMask } from '@pluggram/observability'
import * as tokens from './parts/tokens.ts'

/** What exists before any part starts. */
export interface StartOptions extends Partial<tokens.StartMode> {
  readonly configuration: LoadedConfiguration
  readonly logger: RootLogger
  readonly mask: SecretMask
  /** The last log lines, which owners can read by chat. */
  readonly logTail?: LogTail
}

/**
 * Starts the parts of a profile.
 * @throws PluggramError `startup-failed` when the database or the port cannot be opened
 */
export async function startParts(profile: readonly Part[], options: StartOptions): Promise<Assembly> {
  const { configuration, logger, mask, logTail, repair = false, isSafe = false, requestEnd } = options
  const { home } = configuration
  mask.add(configuration.secrets)
  const assembly = assemble(
    [
      given(tokens.configuration, createLive(configuration)),
      given(tokens.settings, createLiveSettings(configuration)),
      given(tokens.folders, { home, data: join(home, 'data') }),
      given(tokens.mode, { repair, isSafe, requestEnd }),
      given(tokens.ownLogger, logger),
      given(tokens.logTail, logTail),
      given(tokens.mask, mask),
      ...profile,
    ],
    { onStopFailed: (part, error) => logger.error('a part did not stop cleanly', { part, err: error }) },
  )
  const times = await assembly.start()
  const milliseconds = times.map(({ part, startMs, openMs }) => [part, Math.round(startMs + openMs)] as const)
  logger.debug('all parts started', {
    milliseconds: Object.fromEntries(milliseconds.filter(([, time]) => time > 0)),
  })
  return assembly
}
