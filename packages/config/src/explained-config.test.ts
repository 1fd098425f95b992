import { expect, test } from 'vitest'
import { createExplainedConfig } from './explained-config.ts'
import { valueAt } from './json-value.ts'
import { loadConfiguration } from './load-configuration.ts'
import { parseJsonDocument } from './parse-json-document.ts'
import { settingKeys } from './setting-keys.ts'
import { settingsSchema } from './settings-schema.ts'
import { createDefaultSettings } from './settings.ts'
import { createTestHome } from './test-home.ts'

const EXPLAINED = createExplainedConfig({ $schema: './config.schema.json', plugins: { hello: { a: 1 } } })

async function load(text: string): Promise<Awaited<ReturnType<typeof loadConfiguration>>> {
  await using folder = await createTestHome({ 'config.json': text })
  return loadConfiguration({ home: folder.home, environment: {} })
}

test('as it is written, it changes nothing but what was asked for', async () => {
  const loaded = await load(EXPLAINED)
  expect(loaded.problems.filter(({ severity }) => severity === 'error')).toEqual([])
  expect(loaded.settings).toEqual(createDefaultSettings())
  expect(loaded.pluginBlock('hello')).toEqual({ a: 1 })
})

test('every line that is commented out is valid, and says the default unless it is an example', async () => {
  const uncommented = EXPLAINED.replaceAll(/^( *)\/\/ ("\w+": )/gm, '$1$2')
  const loaded = await load(uncommented)
  expect(loaded.problems.filter(({ severity }) => severity === 'error')).toEqual([])

  const examples = EXPLAINED.match(/^ *\/\/ "\w+": .*, \/\/ an example$/gm) ?? []
  expect(examples.length).toBeGreaterThan(2)
  const defaults = uncommented.replaceAll(/^.*\/\/ an example$/gm, '')
  expect((await load(defaults)).settings).toEqual(createDefaultSettings())

  // every key with a default is there
  const { document } = parseJsonDocument('config.json', uncommented)
  const standard = settingsSchema.parse({})
  const missing = settingKeys().filter(
    ({ path }) => valueAt(standard, path) !== undefined && valueAt(document?.value, path) === undefined,
  )
  expect(missing).toEqual([])
})

test('no line is too long to read', () => {
  const long = EXPLAINED.split('\n').filter((line) => line.length > 110)
  expect(long).toEqual([])
})
