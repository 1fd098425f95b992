import type { PermissionName } from '@pluggram/sdk'
import { PERMISSIONS } from '@pluggram/sdk/runtime'
import { expect, it } from 'vitest'
import { readPluginSwitches } from './plugin-switches.ts'
import { setPluginGrants } from './set-plugin-switch.ts'
import { createTestHome } from './test-home.ts'

it.each(Object.keys(PERMISSIONS) as PermissionName[])(
  'a grant of %s is read back as it was written',
  async (name) => {
    const grants = { [name]: PERMISSIONS[name].kind === 'flag' ? true : ['one', '*'] }
    await using home = await createTestHome()
    await setPluginGrants(home.home, 'asker', grants)
    const { grants: read, problems } = await readPluginSwitches(home.home)
    expect(problems).toEqual([])
    expect(read.get('asker')).toEqual(grants)
  },
)

it('a grant of something unknown grants nothing and is named', async () => {
  await using home = await createTestHome({
    'plugins_config.json': '{ "grants": { "asker": { "all": true } } }',
  })
  const { grants, problems } = await readPluginSwitches(home.home)
  expect(grants.size).toBe(0)
  expect(problems).toMatchObject([{ severity: 'warning', path: 'grants.asker' }])
})
