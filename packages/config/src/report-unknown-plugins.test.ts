import { expect, it } from 'vitest'
import { formatProblem } from './config-problem.ts'
import { loadConfiguration } from './load-configuration.ts'
import { reportUnknownPlugins } from './report-unknown-plugins.ts'
import { createTestHome } from './test-home.ts'

it('warns of blocks and switches of plugins that do not exist, and suggests those that do', async () => {
  await using home = await createTestHome({
    'config.json': '{ "plugins": {\n "dcie": {},\n "dice": {} } }',
    'plugins_config.json':
      '{ "enabled_plugins": {\n "file-info": true,\n "dice": true,\n "weather": false } }',
  })
  const loaded = await loadConfiguration({ home: home.home, environment: {} })
  const problems = reportUnknownPlugins(loaded, ['dice', 'file_info'])
  expect(problems.every(({ severity }) => severity === 'warning')).toBe(true)
  expect(problems.map((problem) => formatProblem(problem, loaded))).toEqual([
    'config.json:2:2: plugins.dcie: there is no plugin "dcie". Did you mean "dice"?',
    'plugins_config.json:2:2: enabled_plugins["file-info"]: there is no plugin "file-info". Did you mean "file_info"?',
    'plugins_config.json:4:2: enabled_plugins.weather: there is no plugin "weather". Add it to plugins/, or remove "weather".',
  ])
})
