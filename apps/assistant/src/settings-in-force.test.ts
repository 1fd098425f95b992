import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfiguration } from '@pluggram/config'
import type { LoadedConfiguration } from '@pluggram/config'
import { expect, test } from 'vitest'
import { changesForNextStart } from './settings-in-force.ts'

async function load(
  config: object,
  environment: Readonly<Record<string, string>> = {},
): Promise<LoadedConfiguration> {
  const home = await mkdtemp(join(tmpdir(), 'pluggram-settings-'))
  try {
    await writeFile(join(home, 'config.json'), JSON.stringify(config))
    return await loadConfiguration({ home, environment })
  } finally {
    await rm(home, { recursive: true })
  }
}

const changes = async (before: object, after: object): Promise<string[]> =>
  changesForNextStart(await load(before), await load(after))

test('a model, a port or a key that was changed waits for the next start, and is named', async () => {
  expect(await changes({}, { ai: { model: 'demo' }, http: { port: 8_181 } })).toEqual([
    'ai in config.json was changed; it takes effect when the assistant is started again.',
    'http in config.json was changed; it takes effect when the assistant is started again.',
  ])
  const key = 'sk-0123456789'
  expect(changesForNextStart(await load({}), await load({}, { OPENAI_API_KEY: key }))).toEqual([
    'OPENAI_API_KEY was changed; it takes effect when the assistant is started again.',
  ])
})

test('what is looked at whenever it is needed waits for nothing', async () => {
  const after = {
    ai: { tools: { max_rounds: 2, granted: ['lamp.*'] } },
    access: { owners: [1] },
    plugins: { dice: { sides: 3 } },
    mcp: { servers: { one: { command: 'one' } } },
    plugin_host: { memory_mb: 300 },
  }
  expect(await changes({}, after)).toEqual([])
})
