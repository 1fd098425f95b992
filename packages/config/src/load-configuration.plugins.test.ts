import { describe, expect, it } from 'vitest'
import { linesOf, load, problemsOf } from './test-configuration.ts'

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
    [true, {}, 'does not name it, so it is off'],
    [true, { dice: false }, 'switches it off'],
    [false, { dice: true }, 'switches it on'],
  ])('with "enabled": %s beside the switches %j say which file decides', async (enabled, switches, words) => {
    const loaded = await load({
      'config.json': { plugins: { dice: { enabled } } },
      'plugins_config.json': { enabled_plugins: switches },
    })
    expect(loaded.problems).toMatchObject([{ severity: 'warning', path: 'plugins.dice.enabled' }])
    expect(linesOf(loaded)[0]).toContain(`plugins_config.json decides, and ${words}`)
  })

  it.each([
    ['dice', true, { dice: true }],
    ['dice', false, {}],
    ['ai_chatbot', true, {}],
    ['dice', 'yes', {}],
  ])('of %s with "enabled": %s beside %j need no warning', async (name, enabled, switches) => {
    const files = {
      'config.json': { plugins: { [name]: { enabled } } },
      'plugins_config.json': { enabled_plugins: switches },
    }
    expect(await problemsOf(files)).toEqual([])
  })
})
