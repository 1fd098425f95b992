import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { HEAP_OPTIONS } from './heap-options.js'

test('npm start and npx pluggram start give Node the same options', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } }
  expect(scripts.start).toBe(`exec node ${HEAP_OPTIONS.join(' ')} apps/assistant/src/main.ts start`)
})
