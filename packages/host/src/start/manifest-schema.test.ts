import { expect, test } from 'vitest'
import { parseManifest } from './manifest-schema.ts'

const command = { description: 'x', execute: () => ({ success: true }) }

test.each<readonly [what: string, manifest: unknown, place: string]>([
  ['no object', 'x', 'manifest'],
  ['a list', [], 'manifest'],
  ['nothing', null, 'manifest'],
  ['a command whose name is a key of every object', JSON.parse('{"commands":{"__proto__ ":{}}}'), 'commands'],
  ['a command with a line end in its name', { commands: { 'a\n/b': command } }, 'commands'],
  ['a command with a look-alike in its name', { commands: { 'p\u0430ir': command } }, 'commands'],
  ['a description of a megabyte', { commands: { a: { description: 'x'.repeat(1_000_000) } } }, 'commands.a'],
  ['a pattern that is none', { patterns: ['('] }, 'patterns.0'],
  ['a timeout without end', { timeouts: { callSeconds: Infinity } }, 'timeouts.callSeconds'],
  ['a timeout below nothing', { timeouts: { startSeconds: -1 } }, 'timeouts.startSeconds'],
  ['a priority that is no number', { priority: Number.NaN }, 'priority'],
  [
    'a tool for a role that nobody has',
    { tools: { a: { description: 'x', role: 'root', execute: () => '' } } },
    'tools.a.role',
  ],
  ['a requirement that is a path', { requires: ['../admin'] }, 'requires.0'],
  ['a level that does not exist', { isolation: 'none' }, 'isolation'],
])('%s is refused, by its place', (_what, manifest, place) => {
  expect(parseManifest(manifest)).toEqual({
    issues: expect.arrayContaining([expect.stringMatching(new RegExp(`^${place}`))]),
  })
})
