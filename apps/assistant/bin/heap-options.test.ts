import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('npm start is npx pluggram start, which gives Node the options', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  expect(scripts['start']).toBe('exec pluggram start')
  expect(scripts['prestart']).toBeUndefined()
})
