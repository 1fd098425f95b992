import { spawnSync } from 'node:child_process'

/** Why systemd's tools cannot be used here; `undefined` when they can. */
export const systemdProblem: string | undefined =
  spawnSync('systemd-analyze', ['--version']).status === 0
    ? undefined
    : 'there is no systemd-analyze (Debian package "systemd")'
