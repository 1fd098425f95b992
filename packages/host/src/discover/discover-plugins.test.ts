import path from 'node:path'
import { expect, test } from 'vitest'
import { discoverPlugins } from './discover-plugins.ts'
import { pluginNameOfPackage, suggestPluginName } from './plugin-name.ts'
import { createTestHome } from '../test-home.ts'

test('a home without plugins and node_modules gives nothing', async () => {
  await using home = await createTestHome()
  expect(await discoverPlugins({ home: home.directory, shipped: [] })).toEqual({
    candidates: [],
    pluginPaths: [],
    problems: [],
  })
})

test('says where every plugin is, those that are left out included', async () => {
  await using home = await createTestHome({
    'plugins/good.ts': '',
    'plugins/Bad-Name.ts': '',
    'plugins/twice.ts': '',
    'plugins/twice/index.ts': '',
    'plugins/broken/package.json': '{',
    'plugins/helpers/readme.md': '',
  })
  const { pluginPaths } = await discoverPlugins({ home: home.directory, shipped: [] })
  const places = pluginPaths.map((place) => path.relative(path.join(home.directory, 'plugins'), place))
  expect(places).toEqual(expect.arrayContaining(['good.ts', 'Bad-Name.ts', 'twice.ts', 'twice', 'broken']))
  expect(places).not.toContain('helpers')
})

test('helpers, tests, types and hidden files are no plugins', async () => {
  await using home = await createTestHome({
    'plugins/.hidden.ts': '',
    'plugins/_shared.ts': '',
    'plugins/types.d.ts': '',
    'plugins/real.test.ts': '',
    'plugins/real.spec.js': '',
    'plugins/notes.md': '',
    'plugins/settings.json': '',
    'plugins/my-helpers/index.ts': '',
    'plugins/empty/readme.md': '',
    'plugins/node_modules/x/index.js': '',
    'plugins/real.ts': '',
  })
  const { candidates, problems } = await discoverPlugins({ home: home.directory, shipped: [] })
  expect(problems).toEqual([])
  expect(candidates).toEqual([
    {
      name: 'real',
      origin: 'home',
      entry: path.join(home.directory, 'plugins/real.ts'),
      directory: path.join(home.directory, 'plugins'),
      isSingleFile: true,
    },
  ])
})

test.each([
  ['{ "exports": "./a.js" }', 'a.js'],
  ['{ "exports": { ".": { "types": "./a.d.ts", "browser": "./b.js", "default": "./a.js" } } }', 'a.js'],
  ['{ "exports": { "import": [{ "node": "./a.js" }], "require": "./b.js" } }', 'a.js'],
  ['{ "exports": { "./other": "./b.js" }, "main": "a.js" }', 'a.js'],
  ['{ "main": "a" }', 'a.js'],
  ['{ "main": "lib" }', 'lib/index.js'],
  ['{ "main": "gone.js" }', 'index.ts'],
  ['{}', 'index.ts'],
])('a folder with %s starts at %s', async (packageFile, entry) => {
  await using home = await createTestHome({
    'plugins/folder/package.json': packageFile,
    'plugins/folder/a.js': '',
    'plugins/folder/b.js': '',
    'plugins/folder/lib/index.js': '',
    'plugins/folder/index.ts': '',
  })
  const { candidates } = await discoverPlugins({ home: home.directory, shipped: [] })
  expect(candidates.map((candidate) => path.relative(candidate.directory, candidate.entry))).toEqual([entry])
})

test.each([
  ['plugins/my-plugin.ts', 'my-plugin', 'Rename my-plugin.ts to my_plugin.ts'],
  ['plugins/MyPlugin.js', 'MyPlugin', 'Rename MyPlugin.js to my_plugin.js'],
  ['plugins/Next-Thing/package.json', 'Next-Thing', 'Rename Next-Thing to next_thing'],
])('%s is told its right name', async (file, plugin, message) => {
  await using home = await createTestHome({ [file]: '{}', 'plugins/Next-Thing/index.ts': '' })
  const { problems } = await discoverPlugins({ home: home.directory, shipped: [] })
  expect(problems.find((problem) => problem.plugin === plugin)?.message).toContain(message)
})

test.each([
  ['{ broken', 'cannot be used'],
  ['[]', 'it must be an object'],
  ['{ "pluggram": "yes" }', '"pluggram" must be an object'],
  ['{}', 'no file to start'],
])('a folder whose package.json is %s is a problem that names the file', async (text, message) => {
  await using home = await createTestHome({ 'plugins/folder/package.json': text })
  const { candidates, problems } = await discoverPlugins({ home: home.directory, shipped: [] })
  expect(candidates).toEqual([])
  expect(problems).toMatchObject([
    {
      plugin: 'folder',
      file: path.join(home.directory, 'plugins/folder/package.json'),
      message: expect.stringContaining(message),
    },
  ])
})

test('of two plugins with one name neither starts and both files are named', async () => {
  await using home = await createTestHome({
    'plugins/twin.ts': '',
    'plugins/twin.js': '',
    'plugins/dice.ts': '',
    'release/dice/package.json': '{}',
    'release/dice/index.ts': '',
    'plugins/single.ts': '',
  })
  const at = (file: string): string => path.join(home.directory, file)
  const { candidates, problems } = await discoverPlugins({
    home: home.directory,
    shipped: [{ name: 'dice', directory: at('release/dice') }],
  })
  expect(candidates.map(({ name }) => name)).toEqual(['single'])
  expect(problems).toMatchObject([
    {
      plugin: 'dice',
      code: 'plugin-duplicate',
      files: [at('release/dice/index.ts'), at('plugins/dice.ts')],
      message: expect.stringMatching(
        /release\/dice\/index.ts and .*plugins\/dice.ts. None of them starts. Rename or remove \S*plugins\/dice.ts\.$/,
      ),
    },
    { plugin: 'twin', files: [at('plugins/twin.js'), at('plugins/twin.ts')] },
  ])
})

test('a plugin found several times by real path counts once, as the shipped one', async () => {
  await using home = await createTestHome({
    'plugins/dice/package.json': '{ "name": "@pluggram/plugin-dice", "pluggram": {} }',
    'plugins/dice/index.ts': '',
  })
  await home.link('plugins/dice', 'node_modules/@pluggram/plugin-dice')
  const shipped = [{ name: 'dice', directory: path.join(home.directory, 'plugins/dice') }]
  const { candidates, problems } = await discoverPlugins({ home: home.directory, shipped })
  expect(problems).toEqual([])
  expect(candidates).toMatchObject([{ name: 'dice', origin: 'shipped' }])
})

test('an npm package may say its name, and an unusable one is a problem', async () => {
  await using home = await createTestHome({
    'node_modules/weather-tools/package.json':
      '{ "name": "weather-tools", "pluggram": { "name": "weather" } }',
    'node_modules/weather-tools/index.js': '',
    'node_modules/7days/package.json': '{ "name": "7days", "keywords": ["pluggram-plugin"] }',
    'node_modules/broken/package.json': '{',
    'node_modules/.bin/package.json': '{ "pluggram": {} }',
  })
  const { candidates, problems } = await discoverPlugins({ home: home.directory, shipped: [] })
  expect(candidates).toMatchObject([{ name: 'weather', origin: 'npm' }])
  expect(problems).toMatchObject([{ plugin: '7days', message: expect.stringContaining('"name": "days"') }])
})

test.each([
  ['pluggram-plugin-to-do', 'to_do'],
  ['@me/pluggram-plugin-chess', 'chess'],
  ['@pluggram/plugin-file-info', 'file_info'],
  ['plain', 'plain'],
])('the package %s is the plugin %s', (packageName, name) => {
  expect(pluginNameOfPackage(packageName)).toBe(name)
})

test.each([
  ['---', 'my_plugin'],
  ['Ärger', 'rger'],
  ['getHTTPNow2', 'get_httpnow2'],
])('the name suggested for %s is %s', (name, suggestion) => {
  expect(suggestPluginName(name)).toBe(suggestion)
})
