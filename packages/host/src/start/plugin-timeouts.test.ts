import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFAULT_TIMEOUTS } from './plugin-timeouts.ts'

const read = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')

test('the manifest and the guides tell the limits that hold', () => {
  const { startSeconds, statusSeconds, cleanupSeconds } = DEFAULT_TIMEOUTS
  const [, members = ''] =
    /interface PluginTimeouts \{(.*?)\n\}/s.exec(read('packages/sdk/src/manifest.ts')) ?? []
  const told = [...members.matchAll(/Default ([\d.]+)\. \*\/\s+readonly (\w+)/g)].map(
    ([, value, name]) => [name, Number(value)] as const,
  )
  expect(Object.fromEntries(told)).toEqual(DEFAULT_TIMEOUTS)
  const isolation = read('docs/guides/isolation.md')
  expect(isolation).toContain(`| import, configuration, setup | ${startSeconds} | \`start_seconds\` |`)
  expect(isolation).toContain(`| \`getStatus\` | ${statusSeconds} | \`status_seconds\` |`)
  expect(isolation).toContain(`| \`cleanup\` and effects | ${cleanupSeconds} | \`cleanup_seconds\` |`)
  expect(read('docs/guides/plugin-development.md')).toContain(`it has ${cleanupSeconds} seconds`)
})
