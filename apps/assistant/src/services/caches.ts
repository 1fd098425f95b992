import { createCaches, createPostgresConnection, createServerCaches } from '@pluggram/services'
import type { Caches } from '@pluggram/services'
import type { Logger } from '@pluggram/sdk'

const CONNECTIONS = 8

/** The caches of all plugins. */
export interface AssistantCaches extends Caches {
  close(): Promise<void>
}

/** Opens caches in memory, or on the configured server, where other assistants share them. */
export function openCaches(url: string | undefined, logger: Logger): AssistantCaches {
  if (url === undefined) return { ...createCaches(), close: async () => {} }
  const connection = createPostgresConnection('cache', {
    url,
    writable: true,
    connections: CONNECTIONS,
    timeoutSeconds: 1,
  })
  const caches = createServerCaches({
    connection,
    onState: (error) =>
      error
        ? logger.warn(
            `The cache server (cache.url) cannot be used; each assistant caches by itself: ${error.message}`,
          )
        : logger.info('The cache server is back.'),
  })
  return {
    forPlugin: (plugin) => caches.forPlugin(plugin),
    async close() {
      caches.close()
      await connection.close()
    },
  }
}
