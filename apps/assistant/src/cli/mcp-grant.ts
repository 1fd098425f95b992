import { join } from 'node:path'
import { grantPins, pendingPins, pinsFile } from '@pluggram/mcp'
import { z } from '@pluggram/sdk'
import { askElse } from './ask-running.ts'
import type { CliEnvironment } from './cli-environment.ts'

const changesSchema = z.object({
  changes: z.array(z.object({ tool: z.string(), before: z.string().optional(), after: z.string() })),
})

/**
 * Shows the tool descriptions of an MCP server that its owner has not approved yet; with
 * `isAgreed`, approves them. A running assistant then reconnects and offers the approved tools.
 * @returns the exit code
 */
export async function grantMcpServer(cli: CliEnvironment, name: string, isAgreed: boolean): Promise<number> {
  const file = pinsFile(join(cli.home, 'data'))
  const path = `/api/mcp/${encodeURIComponent(name)}`
  const { changes } = await askElse(
    cli,
    { method: 'GET', path: `${path}/changes`, answer: changesSchema },
    async () => changesSchema.parse({ changes: await pendingPins(file, name) }),
  )
  if (changes.length === 0) {
    cli.print(`You have agreed to everything that ${name} offers.`)
    return 0
  }
  cli.print(`${name} describes its tools in a way that you have not agreed to:`)
  for (const { tool, before, after } of changes) {
    if (before === undefined) cli.print(`  ${shown(tool)} is new: ${shown(after)}`)
    else if (before === after) cli.print(`  ${shown(tool)} has other arguments or marks`)
    else
      cli.print(
        `  ${shown(tool)} was: ${shown(before)}\n  ${' '.repeat(tool.length)} is now: ${shown(after)}`,
      )
  }
  if (!isAgreed) {
    cli.print(`To agree: pluggram plugins grant ${name} --yes`)
    return 1
  }
  const ask = { method: 'POST', path: `${path}/grant`, answer: z.unknown() } as const
  await askElse(cli, ask, () => grantPins(file, name))
  cli.print('Agreed (saved in data/mcp-tools.json).')
  return 0
}

/** Quoted, with every invisible character escaped. */
function shown(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^\x20-\x7E\p{L}\p{N}\p{P}\p{S}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
