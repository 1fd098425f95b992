import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { generatedPages } from '../scripts/generate-reference.ts'

test('the reference holds the tables as they are (run `npm run generate -w @pluggram/sdk`)', async () => {
  for (const { file, text } of await generatedPages()) expect(await readFile(file, 'utf8')).toBe(text)
})
