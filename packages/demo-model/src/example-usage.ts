import type { CommandSummary } from '@pluggram/sdk'

/**
 * The usage of a command, adapted to a sentence. If the sentence contains an argument of the same
 * form (`3d20` for `/roll 2d6`), it is inserted. Otherwise the usage is unchanged.
 */
export function exampleUsage(command: CommandSummary, sentence: string): string {
  const slash = `/${command.name}`
  const usage = command.usage?.trim() || slash
  const written = usage.startsWith(slash) ? usage : `${slash} ${usage}`
  const argument = /^\/\w+ (\S*\d\S*)$/.exec(written)?.[1]
  if (!argument) return written
  const shape = shapeOf(argument)
  // a lone number is ambiguous: two dice are not /roll 2
  if (shape === '0') return written
  const given = sentence.split(/\s+/).find((word) => shapeOf(word) === shape)
  return given ? `${slash} ${given}` : written
}

function shapeOf(word: string): string {
  return word.toLowerCase().replaceAll(/\d+/g, '0')
}
