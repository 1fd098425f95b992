import { grantPins, pendingPins, pinsFile } from '@pluggram/mcp'
import type { FastifyInstance } from 'fastify'

interface Named {
  readonly Params: { readonly name: string }
}

/**
 * `GET /api/mcp/:name/changes` lists what the owner has not approved yet; `POST
 * /api/mcp/:name/grant` approves it.
 */
export function registerMcpGrantRoutes(
  server: FastifyInstance,
  { dataFolder, restart }: { readonly dataFolder: string; restart(name: string): Promise<unknown> },
): void {
  const file = pinsFile(dataFolder)
  server.get<Named>('/api/mcp/:name/changes', async ({ params: { name } }) => ({
    changes: await pendingPins(file, name),
  }))
  server.post<Named>('/api/mcp/:name/grant', async ({ params: { name } }) => {
    await grantPins(file, name)
    // reconnects it, so that it offers the approved tools
    await restart(name)
    return {}
  })
}
