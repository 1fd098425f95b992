import type { PermissionName, PluginPermissions } from '@pluggram/sdk'
import { PERMISSIONS } from '@pluggram/sdk/runtime'
import { expect, test } from 'vitest'
import { missingGrants } from './grants.ts'
import { parseManifest } from './start/manifest-schema.ts'
import { createTestHome } from './test-home.ts'

/** Credentials are asked for by a key of their own; see edge-credentials.test.ts. */
const NAMES = (Object.keys(PERMISSIONS) as PermissionName[]).filter((name) => name !== 'credentials')
const EVERYTHING: PluginPermissions = Object.assign({}, ...NAMES.map(valueOf))

function valueOf(name: PermissionName): PluginPermissions {
  return { [name]: PERMISSIONS[name].kind === 'flag' ? true : ['one', 'two'] }
}

test.each(NAMES)('%s can be asked for in a manifest, and is missing until it is granted', (name) => {
  const asked = valueOf(name)
  expect(parseManifest({ permissions: asked })).toEqual({ manifest: { permissions: asked }, warnings: [] })
  const { [name]: _granted, ...others } = EVERYTHING
  expect(missingGrants(asked, others)).toEqual(
    PERMISSIONS[name].kind === 'flag' ? [name] : [`${name}: one`, `${name}: two`],
  )
  expect(missingGrants(asked, asked)).toEqual([])
})

test('a plugin process that asks for everything is refused by name, and starts when all of it is granted', async () => {
  await using home = await createTestHome({
    'plugins/asker.js': `export default class {
      static manifest = { permissions: ${JSON.stringify(EVERYTHING)} }
      processMessage() { return { success: true, response: 'here' } }
    }`,
  })
  const refused = await home.host({ level: 'process', grantsFor: () => ({}) })
  const { problems } = await refused.start()
  expect(problems).toMatchObject([{ code: 'plugin-not-granted' }])
  for (const line of missingGrants(EVERYTHING, {})) expect(problems[0]?.message).toContain(line)
  const granted = await home.host({ level: 'process', grantsFor: () => EVERYTHING })
  expect((await granted.start()).problems).toEqual([])
  expect(await granted.ask('asker', 'hello')).toMatchObject({ response: 'here' })
})
