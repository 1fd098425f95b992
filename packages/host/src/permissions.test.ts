import type { PermissionName, PluginPermissions } from '@pluggram/sdk'
import { PERMISSIONS } from '@pluggram/sdk/runtime'
import { expect, test } from 'vitest'
import { createTestHome } from './test-home.ts'

const NAMES = Object.keys(PERMISSIONS) as PermissionName[]

function valueOf(name: PermissionName): PluginPermissions {
  return { [name]: PERMISSIONS[name].kind === 'flag' ? true : ['one', 'two'] }
}

test.each(NAMES)(
  '%s can be asked for, is refused without a grant, and starts the plugin with one',
  async (name) => {
    const asked = valueOf(name)
    await using home = await createTestHome({
      'plugins/asker.js': `export default class {
      static manifest = { permissions: ${JSON.stringify(asked)} }
      processMessage() { return { success: true, response: 'here' } }
    }`,
    })
    const refused = await home.host({ level: 'process', grantsFor: () => ({}) })
    expect((await refused.start()).problems).toMatchObject([
      { code: 'plugin-not-granted', message: expect.stringContaining(name) },
    ])
    const granted = await home.host({ level: 'process', grantsFor: () => asked })
    expect((await granted.start()).problems).toEqual([])
    expect(await granted.ask('asker', 'hello')).toMatchObject({ response: 'here' })
  },
)
