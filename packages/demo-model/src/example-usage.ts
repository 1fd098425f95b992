import type { CommandSummary } from '@pluggram/sdk'

/**
 * How to write a command for what somebody said. When the sentence holds something of the shape of the usage's
 * argument (`3d20` for `/roll 2d6`), it is put in; otherwise the usage stands as its author wrote it.
 */
export function exampleUsage(command: CommandSummary, sentence: string): string {
  const slash = `/${command.name}`
  const usage = command.usage?.trim() || slash
  const written = usage.startsWith(slash) ? usage : `${slash} ${usage}`
  const argument = /^\/\w+ (\S*\d\S*)$/.exec(written)?.[1]
  if (!argument) return written
  const shape = shapeOf(argument)
  // a lone number may mean anything: two dice are not /roll 2
  if (shape === '0') return written
  const given = sentence.split(/\s+/).find((word) => shapeOf(word) === shape)
  return given ? `${slash} ${given}` : written
}

function shapeOf(word: string): string {
  return word.toLowerCase().replaceAll(/\d+/g, '0')
}
