import { expect, test } from 'vitest'
import { collectText, runPlugin } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import dice from './index.ts'

installLeakCheck()

test('/roll throws what is asked, and offers to throw it again', async () => {
  await using plugin = await runPlugin(dice)
  const result = await plugin.send('/roll 2D6 + 1')
  expect(await collectText(result)).toMatch(/^🎲 2d6\+1: \(\d \+ \d\) \+ 1 = \d+$/)
  expect(result).toMatchObject({
    success: true,
    response: { buttons: [[{ text: '🎲 Roll again', data: '2d6+1' }]] },
    data: { total: expect.any(Number) },
  })
  expect(await collectText(await plugin.press('2d6+1'))).toMatch(/^🎲 2d6\+1: /)
})

test('/roll alone throws the default dice of the configuration', async () => {
  await using plugin = await runPlugin(dice, { config: { default_dice: '3d4' } })
  expect(await collectText(await plugin.send('/roll'))).toMatch(/^🎲 3d4: /)
})

test('plain words with a notation are answered, others are left to other plugins', async () => {
  await using plugin = await runPlugin(dice)
  expect(plugin.descriptor.patterns.some((pattern) => pattern.test('Roll 2d6'))).toBe(true)
  expect(await collectText(await plugin.send('Roll 2d6'))).toMatch(/^🎲 2d6: /)
  expect(await plugin.send('roll up your sleeves')).toBeUndefined()
})

test('dice that cannot be thrown are refused in words, also from a button', async () => {
  await using plugin = await runPlugin(dice, { config: { max_dice: 3 } })
  expect(await plugin.send('/roll 4d6')).toEqual({
    success: false,
    error: "That's too many dice. The maximum is 3.",
  })
  expect(await plugin.press('<script>')).toMatchObject({ success: false })
})

test.each([
  [{ default_dice: 'six' }, "plugins.dice.default_dice: “six” isn't a dice roll"],
  [{ default_dice: '4d6', max_dice: 3 }, "plugins.dice.default_dice: That's too many dice"],
  [{ max_dice: 0 }, 'plugins.dice.max_dice: '],
])('the configuration %j is refused', async (config, message) => {
  await expect(runPlugin(dice, { config })).rejects.toThrow(message)
})

test('the model can throw dice', async () => {
  await using plugin = await runPlugin(dice, { config: { max_dice: 3, default_dice: '3d6' } })
  expect(plugin.descriptor.tools).toMatchObject([{ name: 'roll', role: 'everyone', effect: 'none' }])
  expect(await plugin.callTool('roll', { dice: '1d2+10' })).toMatchObject({
    text: expect.stringContaining('1d2'),
    total: expect.toSatisfy((total: number) => total === 11 || total === 12),
  })
  expect(await plugin.callTool('roll')).toMatchObject({ text: expect.stringContaining('3d6') })
  expect(await plugin.callTool('roll', { dice: '4d6' })).toEqual({ error: expect.stringContaining('3') })
  await expect(plugin.callTool('roll', { dice: 4 })).rejects.toMatchObject({ code: 'tool-arguments-invalid' })
})

test('what is set for one chat holds there: commands, plain words, buttons and the tool', async () => {
  const chatConfig = { [-5]: { default_dice: '2d8', max_dice: 2 } }
  await using plugin = await runPlugin(dice, { config: { default_dice: '3d4' }, chatConfig })
  const there = { chat: { id: -5, type: 'group' as const } }
  expect(await collectText(await plugin.send('/roll', there))).toMatch(/^🎲 2d8: /)
  expect(await collectText(await plugin.send('/roll'))).toMatch(/^🎲 3d4: /)
  expect(await plugin.send('roll 3d6', there)).toMatchObject({ success: false })
  expect(await plugin.press('3d6', there)).toMatchObject({ success: false })
  expect(await plugin.callTool('roll', {}, there)).toMatchObject({ text: expect.stringContaining('2d8') })
})
