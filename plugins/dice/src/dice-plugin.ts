import { definePlugin, z } from '@pluggram/sdk'
import type { PluginResult } from '@pluggram/sdk'
import { NotationError, parseDice } from './dice-notation.ts'
import { describeRoll, rollDice } from './roll-dice.ts'
import { TEXTS } from './texts.ts'

const SPOKEN = /^(?:roll|throw)\s+(?<dice>\d{0,3}\s*d\s*\d.*)$/i

const config = z
  .object({
    default_dice: z.string().default('1d6').describe('The dice that /roll throws by default'),
    max_dice: z.int().min(1).max(100).default(20).describe('The most dice in one roll'),
  })
  .check((context) => {
    const { default_dice: dice, max_dice: most } = context.value
    try {
      parseDice(dice, most)
    } catch (error) {
      const message = error instanceof NotationError ? error.message : 'cannot be read'
      context.issues.push({ code: 'custom', message, path: ['default_dice'], input: dice })
    }
  })

/** Rolls dice. The plugin is written as a function, with `definePlugin`. */
export default definePlugin({
  name: 'dice',
  description: 'Rolls dice',
  help: [
    'Write `/roll 2d6+1`, or just `roll 2d6`. `d20` is one die with twenty sides; parts are added or',
    'subtracted: `3d6 - d4 + 2`. The button under the result throws the same dice again.',
  ].join('\n'),
  config,
  perChat: ['default_dice', 'max_dice'],
  commands: {
    roll: {
      description: 'Roll dice, for example 2d6+1',
      usage: '/roll 2d6+1',
      examples: ['roll a dice', 'throw two dice', 'roll the dice', 'roll a d20'],
      execute: (args, { config: settings }) => answer(args || settings.default_dice, settings.max_dice),
    },
  },
  tools: {
    roll: {
      description: 'Rolls dice and gives the faces and the total. Use it whenever chance should decide.',
      schema: z.object({
        dice: z
          .string()
          .max(200)
          .optional()
          .describe('Dice notation such as 2d6+1 or d20; left out: the default dice'),
      }),
      role: 'everyone',
      effect: 'none',
      result: 'own',
      execute: ({ dice }, { config: settings }) => throwFor(dice ?? settings.default_dice, settings.max_dice),
    },
  },
  patterns: [SPOKEN],
  setup: () => ({
    processMessage(message, { callback, config: settings }) {
      if (callback) return answer(callback.data, settings.max_dice)
      const dice = SPOKEN.exec(message)?.groups?.['dice']
      return dice === undefined ? undefined : answer(dice, settings.max_dice)
    },
  }),
})

function answer(dice: string, maxDice: number): PluginResult {
  try {
    const roll = rollDice(parseDice(dice, maxDice))
    const again = { text: TEXTS.rollAgain, data: roll.notation.text }
    return {
      success: true,
      response: { text: describeRoll(roll), buttons: [[again]] },
      data: { total: roll.total },
    }
  } catch (error) {
    if (error instanceof NotationError) return { success: false, error: error.message }
    throw error
  }
}

/** For the model: a mistake in the notation is a result from which it can learn. */
function throwFor(dice: string, maxDice: number): { text: string; total: number } | { error: string } {
  try {
    const roll = rollDice(parseDice(dice, maxDice))
    return { text: describeRoll(roll), total: roll.total }
  } catch (error) {
    if (error instanceof NotationError) return { error: error.message }
    throw error
  }
}
