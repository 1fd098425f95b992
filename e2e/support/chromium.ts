import { existsSync } from 'node:fs'

/** Where the browser of the tests is; `CHROMIUM_PATH` names another one. */
export const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

/** Why the browser tests cannot run on this machine; `undefined` when they can. */
export const chromiumProblem = existsSync(CHROMIUM)
  ? undefined
  : `there is no ${CHROMIUM} (Debian package "chromium")`

/** For the titles of tests that are skipped without it. */
export const chromiumNote = chromiumProblem === undefined ? '' : ` (skipped: ${chromiumProblem})`
