import { currentMessage } from '@pluggram/host'
import type { RootLogger } from '@pluggram/observability'
import type { Logger } from '@pluggram/sdk'

/** Fields that the assistant sets in every line; a plugin cannot override them. */
const RESERVED = new Set(['level', 'time', 'msg', 'plugin'])

/**
 * Creates a plugin's logger, which adds the plugin's name and the current chat and message to every
 * line.
 */
export function createPluginLogger(root: RootLogger, plugin: string): Logger {
  const logger = root.child({ plugin })
  const about = (fields: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> => {
    const scope = currentMessage()
    const own = Object.entries(fields ?? {}).filter(([name]) => !RESERVED.has(name))
    return {
      ...(scope && { chat: scope.chat.id, message: scope.message.id }),
      ...Object.fromEntries(own),
    }
  }
  return {
    debug: (message, fields) => logger.debug(message, about(fields)),
    info: (message, fields) => logger.info(message, about(fields)),
    warn: (message, fields) => logger.warn(message, about(fields)),
    error: (message, fields) => logger.error(message, about(fields)),
  }
}
