import { expect, test } from 'vitest'
import { bubblewrapProblem } from '../packages/host/src/process/bubblewrap.ts'
import { findMariadb, findPostgres } from '../packages/services/src/database/test-servers.ts'
import { tiniProblem } from './deployment/container.ts'
import { chromiumProblem } from './support/chromium.ts'
import { prometheusProblem } from './support/prometheus.ts'
import { systemdProblem } from './support/systemd.ts'

const NEEDS: Readonly<Record<string, string | undefined>> = {
  Chromium: chromiumProblem,
  bubblewrap: await bubblewrapProblem(),
  PostgreSQL: findPostgres() === undefined ? 'there is none (Debian package "postgresql")' : undefined,
  Prometheus: prometheusProblem,
  tini: tiniProblem,
  "systemd's tools": systemdProblem,
  MariaDB: findMariadb() === undefined ? 'there is none (Debian package "mariadb-server")' : undefined,
}

// Elsewhere, tests that need these are skipped. In the gate, a skipped test would look like a
// passed one.
test.for(Object.entries(NEEDS).map(([name, problem]) => ({ name, problem })))(
  'the machine of the gate has $name',
  ({ problem }, { skip }) => {
    if (problem !== undefined && process.env['PLUGGRAM_GATE'] !== '1') skip(problem)
    expect(problem).toBeUndefined()
  },
)
