import { Console } from 'node:console'
import { join } from 'node:path'
import { bridgeMcpStdio, serveMcpStdio } from '@pluggram/ai'
import { formatProblem, loadConfiguration } from '@pluggram/config'
import { createLogger, createSecretMask } from '@pluggram/observability'
import { readMcpAccess } from '../access-keys.ts'
import { startAssistant } from '../assistant.ts'
import type { CliEnvironment } from './cli-environment.ts'

/**
 * Serves the plugins' tools on standard input and output: those of the assistant that runs in this home, or, when none
 * does, of its plugins alone, without Telegram, pages and schedules.
 */
export async function serveMcp(cli: CliEnvironment): Promise<number> {
  // standard output belongs to the protocol
  globalThis.console = new Console(process.stderr, process.stderr)
  const running = await findRunning(cli)
  if (running) {
    await bridgeMcpStdio(`${running.url}/mcp`, running.token)
    return 0
  }
  const configuration = await loadConfiguration({ home: cli.home, environment: cli.environment })
  if (!configuration.isUsable) {
    for (const problem of configuration.problems) cli.printError(formatProblem(problem, configuration))
    return 1
  }
  const mask = createSecretMask(configuration.secrets)
  const logger = createLogger({
    level: configuration.settings.log.level,
    isPretty: false,
    mask,
    write: (line) => void process.stderr.write(line),
  })
  const assistant = await startAssistant({ configuration, logger, mask, isToolsOnly: true })
  try {
    await serveMcpStdio(assistant.toolServer)
  } finally {
    await assistant.stop()
  }
  setImmediate(() => process.exit(0))
  return 0
}

/** The assistant of this home, if one answers. */
async function findRunning(cli: CliEnvironment): Promise<{ url: string; token: string } | undefined> {
  const access = readMcpAccess(join(cli.home, 'data'))
  if (!access) return undefined
  const headers = { authorization: `Bearer ${access.token}` }
  try {
    const response = await fetch(`${access.url}/mcp`, { headers, signal: AbortSignal.timeout(3_000) })
    await response.body?.cancel()
    // whoever else listens there now does not know the token
    return response.status === 401 || response.status === 404 ? undefined : access
  } catch {
    return undefined
  }
}
