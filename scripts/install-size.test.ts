import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { installedForUse } from './install-size.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

test('an installation for use has at most 150 MB besides Node', () => {
  const packages = installedForUse(root)
  const total = packages.reduce((sum, { megabytes }) => sum + megabytes, 0)
  expect(total).toBeLessThanOrEqual(150)
  // makes sure that it found packages at all
  expect(total).toBeGreaterThan(50)
})

test('what only builds or tests is no part of it', () => {
  const names = installedForUse(root).map(({ path }) => path.slice('node_modules/'.length))
  expect(names).toContain('fastify')
  const builders =
    /^(?:vite|vitest|rolldown|lightningcss|@vitejs\/.+|@rolldown\/.+|react|react-dom|typescript|oxlint)$/
  expect(names.filter((name) => builders.test(name))).toEqual([])
})

test.runIf(existsSync(new URL('../apps/console/dist/index.html', import.meta.url)))(
  'the packed console carries its built pages',
  () => {
    const npm = spawnSync(
      'npm',
      ['pack', '--dry-run', '--json', '--ignore-scripts', '-w', '@pluggram/console'],
      {
        cwd: root,
        encoding: 'utf8',
      },
    )
    const answer = JSON.parse(npm.stdout) as
      | { files: { path: string }[] }[]
      | Record<string, { files: { path: string }[] }>
    const [packed] = Object.values(answer)
    const files = packed?.files.map(({ path }) => path) ?? []
    expect(files).toContain('dist/index.html')
    expect(files.some((path) => /^dist\/assets\/.+\.js$/.test(path))).toBe(true)
    expect(files.some((path) => path.startsWith('src/'))).toBe(false)
  },
)
