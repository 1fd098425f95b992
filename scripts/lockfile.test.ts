import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Advisory {
  readonly package: string
  /** Versions of this line… */
  readonly line: number
  /** … are affected below this one. */
  readonly fixedIn: readonly [number, number, number]
  readonly id: string
}

/** Published advisories about packages that development tools bring along. */
const ADVISORIES: readonly Advisory[] = [
  { package: 'axios', line: 0, fixedIn: [0, 30, 2], id: 'GHSA-4hjh-wcwx-xvwj' },
  { package: 'body-parser', line: 1, fixedIn: [1, 20, 3], id: 'GHSA-qwcr-r2fm-qrc7' },
  { package: 'cookie', line: 0, fixedIn: [0, 7, 0], id: 'GHSA-pxg6-pf52-xh8x' },
  { package: 'express', line: 4, fixedIn: [4, 20, 0], id: 'GHSA-qw6h-vgh9-j6wx' },
  { package: 'path-to-regexp', line: 0, fixedIn: [0, 1, 12], id: 'GHSA-rhx6-c78j-4q9w' },
  { package: 'qs', line: 6, fixedIn: [6, 14, 1], id: 'GHSA-6rw7-vpxm-498p' },
  { package: 'send', line: 0, fixedIn: [0, 19, 0], id: 'GHSA-m6fv-jmcg-4jfg' },
  { package: 'serve-static', line: 1, fixedIn: [1, 16, 0], id: 'GHSA-cm22-4g7w-348p' },
]

/** Whether a version is of the line of an advisory and older than its remedy. */
function isAffected(version: string, { line, fixedIn }: Advisory): boolean {
  const parts = version.split(/[.-]/, 3).map(Number)
  if (parts[0] !== line) return false
  const at = fixedIn.findIndex((fixed, index) => parts[index] !== fixed)
  return at !== -1 && (parts[at] ?? 0) < (fixedIn[at] ?? 0)
}

test('no package of the lockfile is one that an advisory warns of', () => {
  const file = new URL('../package-lock.json', import.meta.url)
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as {
    packages: Record<string, { version?: string }>
  }
  const installed = Object.entries(packages).map(([path, { version = '' }]) => ({
    name: path.replace(/^.*node_modules\//, ''),
    version,
  }))
  expect(installed.length).toBeGreaterThan(300)
  const affected = ADVISORIES.flatMap((advisory) =>
    installed
      .filter(({ name, version }) => name === advisory.package && isAffected(version, advisory))
      .map(({ name, version }) => `${name} ${version}: ${advisory.id}`),
  )
  expect(affected).toEqual([])
})
