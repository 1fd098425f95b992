import { definePart } from '@pluggram/assembly'
import { repeat } from '@pluggram/base'
import { ErrorSpikes } from '../alerts/error-spikes.ts'
import type { UsualErrors } from '../alerts/error-spikes.ts'
import { findingSources, logger, metrics, storage } from './tokens.ts'

const KEEP_EVERY_MS = 60 * 60_000
/** No plugin can have this name. */
const STORE = 'alerts:errors'
const KEY = 'usual'

/** Finds plugins that fail much more often than they usually do. */
export const errorSpikes = definePart({
  name: 'error spikes',
  needs: { metrics, storage, logger },
  async start(needs, life) {
    const store = needs.storage.pluginStores.forPlugin(STORE)
    const kept = await store.read(KEY)
    const usual = kept && (JSON.parse(kept.json) as Record<string, UsualErrors>)
    const spikes = new ErrorSpikes(needs.metrics.failures, usual)
    const keeping = repeat(() => store.write(KEY, { json: JSON.stringify(spikes.usual), expiresAt: null }), {
      everyMs: KEEP_EVERY_MS,
      onError: (error) => needs.logger.debug('cannot keep how often plugins fail', { err: error }),
    })
    life.onStop(() => keeping.stop())
    life.add(findingSources, {
      name: 'the errors of plugins',
      check: () =>
        spikes.check().map(({ plugin, errors, usual: level, minutes }) => ({
          id: `plugin.errors:${plugin}`,
          severity: 'error',
          what: `The plugin "${plugin}" failed ${errors} times within ${minutes} minutes.`,
          why: level === 0 ? 'It usually does not fail.' : `Usually it fails ${level} times in that time.`,
          fix: 'Look at its errors: pluggram logs.',
        })),
    })
  },
})
