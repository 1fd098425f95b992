import { Console } from 'node:console'
import { join } from 'node:path'
import { bridgeMcpStdio, serveMcpStdio } from '@pluggram/mcp'
import { createLogger, createSecretMask } from '@pluggram/observability'
import { z } from '@pluggram/sdk'
import { toolServer } from '../parts/tokens.ts'
import { TOOLS_ONLY } from '../profiles.ts'
import { keepDataPrivate } from '../private-data.ts'
import { startParts } from '../start-parts.ts'
import { askElse } from './ask-running.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { loadUsable } from './load-usable.ts'

const accessSchema = z.object({ url: z.string(), token: z.string() })

/**
 * Serves the plugins' tools on standard input and output. It forwards to the assistant that runs in
 * this home. When none runs, it starts the plugins itself, without Telegram, pages and schedules.
 */
export async function serveMcp(cli: CliEnvironment): Promise<number> {
  // standard output carries the protocol, so plugins must not print there
  globalThis.console = new Console(process.stderr, process.stderr)
  const ask = { method: 'GET', path: '/api/mcp-access', answer: accessSchema.optional() } as const
  const running = await askElse(cli, ask, () => undefined)
  if (running) {
    await bridgeMcpStdio(`${running.url}/mcp`, running.token)
    return 0
  }
  const configuration = await loadUsable(cli)
  const mask = createSecretMask(configuration.secrets)
  const logger = createLogger({
    level: configuration.settings.log.level,
    isPretty: false,
    mask,
    write: (line) => void process.stderr.write(line),
  })
  await keepDataPrivate(join(configuration.home, 'data'), logger)
  const assistant = await startParts(TOOLS_ONLY, { configuration, logger, mask })
  try {
    await serveMcpStdio(assistant.get(toolServer))
  } finally {
    await assistant.stop()
  }
  setImmediate(() => process.exit(0))
  return 0
}
