import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assemble, definePart } from '@pluggram/assembly'
import { loadConfiguration, settingKeys } from '@pluggram/config'
import { createSecretMask } from '@pluggram/observability'
import type { RootLogger } from '@pluggram/observability'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as tokens from './parts/tokens.ts'
import { limitsFor } from './plugins.ts'
import { ASSISTANT, TOOLS_ONLY } from './profiles.ts'
import { startParts } from './start-parts.ts'

const silent: RootLogger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  fatal() {},
  child: () => silent,
  everyTime: () => silent,
}

let home: string
beforeEach(async () => void (home = await mkdtemp(join(tmpdir(), 'pluggram-profiles-'))))
afterEach(() => rm(home, { recursive: true }))

async function load(config: object) {
  await writeFile(join(home, 'config.json'), JSON.stringify(config))
  return loadConfiguration({ home, environment: { PORT: '0' } })
}

test.each([
  ['assistant', ASSISTANT],
  ['tools only', TOOLS_ONLY],
] as const)('the profile %s lacks nothing but what is there before the start', (_name, profile) => {
  const { configuration, settings, folders, mode, ownLogger, logTail, mask } = tokens
  const given = [configuration, settings, folders, mode, ownLogger, logTail, mask].map((token) =>
    definePart({ name: token.name, gives: token as typeof mask, start: () => createSecretMask() }),
  )
  const assembled = () => assemble([...given, ...profile], { onStopFailed() {} })
  expect(assembled).not.toThrow()
  expect(() => assemble([...given.slice(1), ...profile], { onStopFailed() {} })).toThrow('configuration')
})

test('every key that is marked live has a reader while the assistant runs', async () => {
  await writeFile(join(home, 'plugins_config.json'), '{ "enabled_plugins": { "ai_chatbot": false } }')
  const configuration = await load({})
  const assembly = await startParts(ASSISTANT, {
    configuration,
    logger: silent,
    mask: createSecretMask(),
  })
  const { readers } = assembly.get(tokens.settings)
  await assembly.stop()
  const names = settingKeys().flatMap(({ path, takesEffect }) =>
    takesEffect === 'live' ? path.join('.') : [],
  )
  const camelCase = (name: string): string =>
    name.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
  const unread = names.filter(
    (name) => ![...readers].some((reader) => `${camelCase(name)}.`.startsWith(`${reader}.`)),
  )
  // these are read when plugins are planned; see below. Plugins' blocks are not settings
  expect(unread).toEqual([
    'plugin_host.sandbox',
    'plugin_host.memory_mb',
    'plugin_host.files_mb',
    'plugin_host.idle_seconds',
    'plugins',
  ])
})

test('the limits of plugins are those of the configuration that was read last', async () => {
  expect(limitsFor(await load({}), 'dice')).toMatchObject({
    sandbox: 'none',
    memoryMb: 256,
    filesMb: 256,
    idleSeconds: 300,
  })
  const changed = { sandbox: 'bubblewrap', memory_mb: 300, files_mb: 9, idle_seconds: 5 }
  expect(limitsFor(await load({ plugin_host: changed }), 'dice')).toMatchObject({
    sandbox: 'bubblewrap',
    memoryMb: 300,
    filesMb: 9,
    idleSeconds: 5,
  })
})
