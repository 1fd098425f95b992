import { join } from 'node:path'
import { grantPins, pendingPins, pinsFile } from '@pluggram/ai'
import type { CliEnvironment } from './cli-environment.ts'

/**
 * Shows what an MCP server says of itself that its owner did not agree to; with `isAgreed`, agrees to it.
 * @returns whether all is agreed to now
 */
export async function grantMcpServer(
  cli: CliEnvironment,
  name: string,
  isAgreed: boolean,
): Promise<{ readonly isDone: boolean; readonly hasChanged: boolean }> {
  const file = pinsFile(join(cli.home, 'data'))
  const changes = await pendingPins(file, name)
  if (changes.length === 0) {
    cli.print(`All that ${name} offers is what you agreed to.`)
    return { isDone: true, hasChanged: false }
  }
  cli.print(`${name} says something else than what you agreed to:`)
  for (const { tool, before, after } of changes) {
    if (before === undefined) cli.print(`  ${shown(tool)} is new: ${shown(after)}`)
    else if (before === after) cli.print(`  ${shown(tool)} takes other arguments, or has other marks`)
    else
      cli.print(
        `  ${shown(tool)} was: ${shown(before)}\n  ${' '.repeat(tool.length)} is now: ${shown(after)}`,
      )
  }
  if (!isAgreed) {
    cli.print(`To agree: pluggram plugins grant ${name} --yes`)
    return { isDone: false, hasChanged: false }
  }
  await grantPins(file, name)
  cli.print('It is agreed to, in data/mcp-tools.json.')
  return { isDone: true, hasChanged: true }
}

/** In quotes and with every hidden character written out. */
function shown(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^\x20-\x7E\p{L}\p{N}\p{P}\p{S}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
