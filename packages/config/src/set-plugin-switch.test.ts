import { chmod, mkdir, readdir, readFile, rename, stat, symlink } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { ConfigurationError } from './configuration-error.ts'
import { DEFAULT_PLUGINS } from './decide-plugins.ts'
import { readPluginSwitches } from './plugin-switches.ts'
import { setPluginSwitch } from './set-plugin-switch.ts'
import { createTestHome } from './test-home.ts'

const NAME = 'plugins_config.json'

async function change(before: string, name: string, enabled: boolean): Promise<string> {
  await using home = await createTestHome({ [NAME]: before })
  await setPluginSwitch(home.home, name, enabled)
  expect(await readdir(home.home)).toEqual([NAME])
  return readFile(home.file(NAME), 'utf8')
}

describe('setPluginSwitch', () => {
  it('creates the file, with the plugins that are on by default', async () => {
    await using home = await createTestHome()
    await setPluginSwitch(home.home, 'mine', true)
    await setPluginSwitch(home.home, 'dice', false)
    expect([...(await readPluginSwitches(home.home)).switches]).toEqual([
      ['admin', true],
      ['dice', false],
      ['reminders', true],
      ['translate', true],
      ['file_info', true],
      ['ai_chatbot', true],
      ['mine', true],
    ])
  })

  it('refuses to switch on what config.json keeps off, and names the line', async () => {
    await using home = await createTestHome({
      'config.json': '{ "plugins": {\n"dice": { "enabled": false } } }',
    })
    await expect(setPluginSwitch(home.home, 'dice', true)).rejects.toThrow(
      'config.json:2:11: plugins.dice.enabled: this line keeps dice off. Remove it, or write true.',
    )
    await setPluginSwitch(home.home, 'dice', false)
  })

  it('keeps other keys, order and indentation', async () => {
    const before =
      '{\n    "note": "mine",\n    "enabled_plugins": {\n        "z": true,\n        "a": false\n    }\n}\n'
    expect(await change(before, 'z', false)).toBe(before.replace('"z": true', '"z": false'))
    expect(await change(before, 'm', true)).toBe(
      before.replace('"a": false', '"a": false,\n        "m": true'),
    )
  })

  it('keeps tabs, CRLF and the byte order mark', async () => {
    const before = '\uFEFF{\r\n\t"enabled_plugins": {\r\n\t\t"a": true\r\n\t}\r\n}\r\n'
    expect(await change(before, 'b', true)).toBe(before.replace('"a": true', '"a": true,\r\n\t\t"b": true'))
  })

  it('writes nothing when the switch stands already', async () => {
    await using home = await createTestHome({ [NAME]: '{"enabled_plugins":{"a":true}}' })
    const before = await stat(home.file(NAME))
    await setPluginSwitch(home.home, 'a', true)
    expect((await stat(home.file(NAME))).ino).toBe(before.ino)
  })

  it('loses no change when many come at once', async () => {
    await using home = await createTestHome()
    const names = Array.from({ length: 30 }, (_, index) => `plugin_${index}`)
    await Promise.all(names.map((name) => setPluginSwitch(home.home, name, true)))
    expect([...(await readPluginSwitches(home.home)).switches.keys()]).toEqual([...DEFAULT_PLUGINS, ...names])
  })

  it('shows a reader the old file or the new one, never half of it', async () => {
    await using home = await createTestHome({ [NAME]: { enabled_plugins: { padding: true } } })
    const writing = { isDone: false }
    const writes = Promise.all(
      Array.from({ length: 40 }, (_, index) => setPluginSwitch(home.home, `p${index}`, true)),
    ).finally(() => (writing.isDone = true))
    let reads = 0
    for (; !writing.isDone; reads++) {
      const { switches, problems } = await readPluginSwitches(home.home)
      expect([switches.get('padding'), problems]).toEqual([true, []])
    }
    await writes
    expect(reads).toBeGreaterThan(1)
  })

  it.each([
    ['{ "enabled_plugins": { "a": true,, } }', 'plugins_config.json:1:34'],
    ['', 'plugins_config.json:1:1'],
    ['{ "enabled_plugins": [] }', 'plugins_config.json:1:22'],
    ['{ "enabled_plugins": { "a": 1 } }', 'plugins_config.json:1:29'],
  ])('leaves the unusable file %j alone and says where it is wrong', async (text, position) => {
    await using home = await createTestHome({ [NAME]: text })
    await expect(setPluginSwitch(home.home, 'b', true)).rejects.toThrow(position)
    expect(await readFile(home.file(NAME), 'utf8')).toBe(text)
  })

  it.each(['', 'Dice', '../x', '__proto__', 'constructor', 'a b'])('refuses the name %j', async (name) => {
    await using home = await createTestHome()
    await expect(setPluginSwitch(home.home, name, true)).rejects.toThrow(ConfigurationError)
    expect(await readdir(home.home)).toEqual([])
  })

  it('goes on after a change that failed', async () => {
    await using home = await createTestHome({ [NAME]: '{}' })
    const failed = setPluginSwitch(home.home, 'Bad', true)
    const good = setPluginSwitch(home.home, 'good', true)
    await expect(failed).rejects.toThrow('Bad')
    await good
    expect([...(await readPluginSwitches(home.home)).switches]).toEqual([['good', true]])
  })

  it('writes through a link and keeps the permissions', async () => {
    await using home = await createTestHome({ [NAME]: '{}' })
    await mkdir(home.file('real'))
    await rename(home.file(NAME), home.file('real/switches.json'))
    await chmod(home.file('real/switches.json'), 0o600)
    await symlink(home.file('real/switches.json'), home.file(NAME))
    await setPluginSwitch(home.home, 'a', true)
    expect(JSON.parse(await readFile(home.file('real/switches.json'), 'utf8'))).toEqual({
      enabled_plugins: { a: true },
    })
    expect((await stat(home.file('real/switches.json'))).mode & 0o777).toBe(0o600)
  })

  it('says that it cannot write', async () => {
    await expect(setPluginSwitch('/nonexistent/home', 'a', true)).rejects.toThrow('the error ENOENT')
  })
})
