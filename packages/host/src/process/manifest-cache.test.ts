import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ManifestCache } from './manifest-cache.ts'
import type { KnownPlugin } from './manifest-cache.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'pluggram-cache-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const KNOWN: KnownPlugin = {
  manifest: { permissions: { ai: true }, timeouts: {}, isIdempotent: true },
  descriptor: {
    name: 'one',
    commands: [{ name: 'go', description: 'Goes', examples: ['please go'], inMenu: true, isUrgent: false }],
    tools: [],
    schedules: [],
    patterns: [/^go/iu],
    updates: ['message'],
    priority: 3,
    answers: ['handle'],
  },
  hadEffects: false,
}

test('a plugin is known again until one of its files or what it depends on changes', async () => {
  const cacheFile = path.join(folder, 'cache/manifests.json')
  const file = path.join(folder, 'one.ts')
  await writeFile(file, 'first')
  const cache = new ManifestCache(cacheFile)
  await cache.open()
  await cache.remember('one', { block: 1 }, { files: [file], known: KNOWN })
  await cache.save()

  const later = new ManifestCache(cacheFile)
  await later.open()
  expect(await later.find('one', { block: 1 })).toMatchObject({ known: KNOWN })
  expect(await later.find('one', { block: 2 })).toBeUndefined()
  expect(await later.find('two', { block: 1 })).toBeUndefined()
  await writeFile(file, 'second')
  expect(await later.find('one', { block: 1 })).toBeUndefined()
})

test('a broken cache is an empty one', async () => {
  const cacheFile = path.join(folder, 'manifests.json')
  for (const text of [
    '{',
    '[]',
    '{ "one": 5 }',
    '{ "one": { "key": "x", "descriptor": { "patterns": ["("] } } }',
  ]) {
    await writeFile(cacheFile, text)
    const cache = new ManifestCache(cacheFile)
    await cache.open()
    expect(await cache.find('one', {})).toBeUndefined()
  }
})
