import { describe, expect, it } from 'vitest'
import { linesOf, load } from './test-configuration.ts'

describe('plugins_config.json', () => {
  it('keeps its order and warns of keys it does not know', async () => {
    const loaded = await load({
      'plugins_config.json': '{"enabled_plugins":{"b":true,"10":false,"a":true},"enabled":{}}',
    })
    expect([...loaded.plugins.switches]).toEqual([
      ['b', true],
      ['10', false],
      ['a', true],
    ])
    expect(loaded.isUsable).toBe(true)
    expect(linesOf(loaded)).toEqual([
      'plugins_config.json:1:51: enabled: expected only the keys "enabled_plugins" and "grants", but got another one; it is ignored. Remove it.',
    ])
    expect(loaded.locateSwitch('a')).toMatchObject({ line: 1, column: 41 })
  })
})

describe('plugin blocks', () => {
  it('keep their keys as written', async () => {
    const block = { snake_key: 1, camelKey: [true, { deep: null }], enabled: true }
    const loaded = await load({
      'config.json': { plugins: { dice: block } },
      'plugins_config.json': { enabled_plugins: { dice: true } },
    })
    expect(linesOf(loaded)).toEqual([])
    expect(loaded.plugins.blocks['dice']).toEqual(block)
    expect(loaded.pluginBlock('dice')).toEqual(block)
    expect(loaded.pluginBlock('unknown')).toEqual({})
    expect(loaded.pluginBlock('toString')).toEqual({})
  })

  it('are copied for each reader', async () => {
    const loaded = await load({ 'config.json': { plugins: { dice: { list: [1] } } } })
    const first = loaded.pluginBlock('dice')
    ;(first['list'] as number[]).push(2)
    expect(loaded.pluginBlock('dice')).toEqual({ list: [1] })
  })

  it('of a wrong type or name concern that plugin only', async () => {
    const loaded = await load({ 'config.json': '{ "plugins": {\n "a": 5,\n "My-Plugin": {},\n "b": {} } }' })
    expect(loaded.isUsable).toBe(true)
    expect(Object.keys(loaded.plugins.blocks)).toEqual(['b'])
    expect(loaded.problems).toMatchObject([
      { severity: 'error', plugin: 'a', line: 2, column: 7 },
      { severity: 'error', plugin: 'My-Plugin', line: 3, column: 2 },
    ])
  })

  it.each([
    [true, false, 'this line switches it on, plugins_config.json:3 switches it off'],
    [false, true, 'this line switches it off, plugins_config.json:3 switches it on'],
  ])(
    'with "enabled": %s beside the switch %s are off, and both lines are named',
    async (enabled, dice, words) => {
      const loaded = await load({
        'config.json': { plugins: { dice: { enabled } } },
        'plugins_config.json': { enabled_plugins: { dice } },
      })
      expect(loaded.plugins.switches.get('dice')).toBe(false)
      expect(linesOf(loaded)).toEqual([
        `config.json:4:7: plugins.dice.enabled: dice is off, because the files disagree: ${words}. Change or remove one of the two.`,
      ])
    },
  )

  it.each([
    ['dice', true, { dice: true }, true],
    ['dice', true, {}, true],
    ['dice', false, {}, false],
    ['ai_chatbot', false, {}, false],
    ['dice', 'yes', {}, undefined],
    ['dice', undefined, { dice: true }, true],
  ])('of %s with "enabled": %s beside %j need no warning', async (name, enabled, switches, isOn) => {
    const loaded = await load({
      'config.json': { plugins: { [name]: { enabled } } },
      'plugins_config.json': { enabled_plugins: switches },
    })
    expect(linesOf(loaded)).toEqual([])
    expect(loaded.plugins.switches.get(name)).toBe(isOn)
  })

  it.each([
    ['a key that is there twice', '"a": 1, "a": 2'],
    ['a key deep inside that is there twice', '"a": { "b": [ { "c": 1, "c": 2 } ] }'],
    ['__proto__', '"__proto__": {}'],
    ['a number that is too large', '"a": 1e999'],
  ])('with %s leave out that plugin only', async (_, inside) => {
    const loaded = await load({
      'config.json': `{ "plugins": { "bad": { ${inside} }, "dice": { "max_dice": 3 } } }`,
    })
    expect(loaded.isUsable).toBe(true)
    expect(loaded.problems).toMatchObject([{ severity: 'error', plugin: 'bad', line: 1 }])
    expect(loaded.pluginBlock('dice')).toEqual({ max_dice: 3 })
  })

  it('are on by default only in a home without plugins_config.json', async () => {
    const on = (files: object): Promise<string[]> =>
      load(files as never).then(({ plugins }) =>
        [...plugins.switches].flatMap(([name, isOn]) => (isOn ? name : [])),
      )
    expect(await on({})).toEqual(['admin', 'dice', 'reminders', 'translate', 'file_info', 'ai_chatbot'])
    expect(
      await on({ 'config.json': { plugins: { dice: { enabled: false }, web_page: { enabled: true } } } }),
    ).toEqual(['admin', 'reminders', 'translate', 'file_info', 'ai_chatbot', 'web_page'])
    expect(await on({ 'plugins_config.json': '{}' })).toEqual([])
  })
})
