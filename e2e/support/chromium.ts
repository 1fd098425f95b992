import { existsSync } from 'node:fs'

/** The path of the tests' browser; `CHROMIUM_PATH` overrides it. */
export const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

/** Why the browser tests cannot run on this machine; `undefined` if they can. */
export const chromiumProblem = existsSync(CHROMIUM)
  ? undefined
  : `there is no ${CHROMIUM} (Debian package "chromium")`

/** For the titles of tests that are skipped without it. */
export const chromiumNote = chromiumProblem === undefined ? '' : ` (skipped: ${chromiumProblem})`
