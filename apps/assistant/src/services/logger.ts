import { currentMessage } from '@pluggram/host'
import type { RootLogger } from '@pluggram/observability'
import type { Logger } from '@pluggram/sdk'

/** What the assistant says itself in every line; a plugin does not speak in its place. */
const RESERVED = new Set(['level', 'time', 'msg', 'plugin'])

/** A plugin's logger: every line carries its name, and the chat and message it works on. */
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
