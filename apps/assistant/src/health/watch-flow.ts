import type { Life } from '@pluggram/assembly'
import { findingOf } from '@pluggram/observability'
import type { HealthCheck } from '@pluggram/observability'
import { findingSources, healthChecks } from '../parts/tokens.ts'

/** Adds a check to `/readyz`, and what it finds to the findings. It runs every few seconds, so it must be cheap. */
export function watchFlow(life: Life, check: HealthCheck): void {
  life.add(healthChecks, check)
  life.add(findingSources, {
    name: check.name,
    async check() {
      const finding = findingOf(await check.check())
      return finding ? [finding] : []
    },
  })
}
