import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfiguration } from './load-configuration.ts'
import { literalValue, setPluginValue } from './set-plugin-value.ts'
import { createTestHome } from './test-home.ts'

const read = (home: string): Promise<string> => readFile(path.join(home, 'config.json'), 'utf8')

const WRITTEN = `{
    "assistant": {"name":   "Ada"},

    "plugins": {
        "dice":    { "max_dice": 3,   "default_dice": "2d6" },
        "greeter": {}
    }
}
`

describe('setPluginValue', () => {
  test('changes one value and leaves everything else as people wrote it', async () => {
    await using folder = await createTestHome({ 'config.json': WRITTEN })
    const { home } = folder
    expect(await setPluginValue(home, { plugin: 'dice', key: 'max_dice', value: 20 })).toBe(3)
    expect(await read(home)).toBe(WRITTEN.replace('"max_dice": 3', '"max_dice": 20'))
  })

  test('adds a key and a block with the indentation of the file', async () => {
    await using folder = await createTestHome({ 'config.json': WRITTEN })
    const { home } = folder
    expect(await setPluginValue(home, { plugin: 'feeds', key: 'urls', value: ['a'] })).toBeUndefined()
    const text = await read(home)
    expect(JSON.parse(text)).toMatchObject({
      assistant: { name: 'Ada' },
      plugins: { dice: { max_dice: 3 }, feeds: { urls: ['a'] } },
    })
    expect(text).toContain('\n        "feeds": {')
    expect(text).toContain('"dice":    { "max_dice": 3,   "default_dice": "2d6" }')
  })

  test('removes a key', async () => {
    await using folder = await createTestHome({ 'config.json': WRITTEN })
    const { home } = folder
    await setPluginValue(home, { plugin: 'dice', key: 'max_dice', value: undefined })
    expect(JSON.parse(await read(home))).toMatchObject({ plugins: { dice: { default_dice: '2d6' } } })
    expect(await read(home)).not.toContain('max_dice')
  })

  test('writes the file when there is none, and leaves it away when there is nothing to write', async () => {
    await using folder = await createTestHome({})
    const { home } = folder
    await setPluginValue(home, { plugin: 'dice', key: 'max_dice', value: undefined })
    expect(await readdir(home)).not.toContain('config.json')
    await setPluginValue(home, { plugin: 'dice', key: 'max_dice', value: 2 })
    expect(JSON.parse(await read(home))).toEqual({ plugins: { dice: { max_dice: 2 } } })
  })

  test('keeps a byte order mark, line ends and who may read the file', async () => {
    await using folder = await createTestHome({ 'config.json': '\uFEFF{\r\n\t"plugins": {}\r\n}\r\n' })
    const { home } = folder
    await chmod(path.join(home, 'config.json'), 0o600)
    await setPluginValue(home, { plugin: 'dice', key: 'max_dice', value: 2 })
    const text = await read(home)
    expect(text).toMatch(/^\uFEFF\{\r\n\t"plugins": \{\r\n\t\t"dice": \{\r\n/)
    expect((await stat(path.join(home, 'config.json'))).mode & 0o777).toBe(0o600)
  })

  test('a literal value is read as it was given, whatever it looks like', async () => {
    await using folder = await createTestHome({})
    const value = { text: 'costs ${HOME} or $${HOME} or $', list: ['${file:/etc/hostname}', 1] }
    await setPluginValue(folder.home, { plugin: 'dice', key: 'x', value: literalValue(value) })
    const loaded = await loadConfiguration({ home: folder.home, environment: { HOME: '/root' } })
    expect(loaded.problems).toEqual([])
    expect(loaded.pluginBlock('dice')).toEqual({ x: value })
  })

  test('changes of the same moment do not undo each other', async () => {
    await using folder = await createTestHome({ 'config.json': WRITTEN })
    const { home } = folder
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        setPluginValue(home, { plugin: 'greeter', key: `key_${index}`, value: index }),
      ),
    )
    const { plugins } = JSON.parse(await read(home)) as { plugins: { greeter: object } }
    expect(Object.keys(plugins.greeter)).toHaveLength(20)
  })

  test.each([
    ['broken JSON', '{ "plugins": { ', /config\.json:\d/],
    ['a block that is none', '{\n"plugins": {\n"dice": 3 } }', /config\.json:3:\d+: plugins\.dice/],
    ['plugins that are none', '{ "plugins": [] }', /config\.json:1:\d+: plugins: /],
  ])('leaves a file with %s alone and says where', async (_, text, message) => {
    await using folder = await createTestHome({ 'config.json': text })
    const { home } = folder
    const change = setPluginValue(home, { plugin: 'dice', key: 'max_dice', value: 2 })
    await expect(change).rejects.toThrow(message)
    expect(await read(home)).toBe(text)
  })

  test('a file that cannot be replaced is told, and nothing is left beside it', async () => {
    await using folder = await createTestHome({})
    const { home } = folder
    await mkdir(path.join(home, 'config.json'))
    await writeFile(path.join(home, 'config.json', 'x'), '')
    const change = setPluginValue(home, { plugin: 'dice', key: 'max_dice', value: 2 })
    await expect(change).rejects.toMatchObject({ code: 'config-invalid' })
    expect(await readdir(home)).toEqual(['config.json'])
  })
})
