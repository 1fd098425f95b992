import type { ToolServerOptions } from './tool-server.ts'

/** Answers HTTP requests of the protocol's 2025 and 2026 revisions. */
export interface McpEndpoint {
  /** The caller must already be authenticated. */
  fetch(request: Request): Promise<Response>
  close(): Promise<void>
}

/** Serves the plugins' tools over HTTP. The protocol's library is loaded on the first request. */
export function createMcpEndpoint(options: ToolServerOptions): McpEndpoint {
  let handler: Promise<McpEndpoint> | undefined
  const load = async (): Promise<McpEndpoint> => {
    const [{ createMcpHandler }, { createToolServer }] = await Promise.all([
      import('@modelcontextprotocol/server'),
      import('./tool-server.ts'),
    ])
    return createMcpHandler(() => createToolServer(options), {
      onerror: (error) => options.logger.debug(`MCP: ${error.message}`),
    })
  }
  return {
    fetch: async (request) => (await (handler ??= load())).fetch(request),
    close: async () => (await handler)?.close(),
  }
}

/** Serves the plugins' tools over standard input and output until the client disconnects. */
export async function serveMcpStdio(options: ToolServerOptions): Promise<void> {
  const [{ serveStdio, StdioServerTransport }, { createToolServer }] = await Promise.all([
    import('@modelcontextprotocol/server/stdio'),
    import('./tool-server.ts'),
  ])
  const handle = serveStdio(() => createToolServer(options), {
    transport: new StdioServerTransport(),
    onerror: (error) => options.logger.debug(`MCP: ${error.message}`),
  })
  await inputEnds()
  await handle.close()
}

/** Forwards standard input to a running assistant, and its answers back. */
export async function bridgeMcpStdio(url: string, token: string): Promise<void> {
  const [{ StdioServerTransport }, { StreamableHTTPClientTransport }] = await Promise.all([
    import('@modelcontextprotocol/server/stdio'),
    import('@modelcontextprotocol/client'),
  ])
  const near = new StdioServerTransport()
  const far = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  })
  const pass = (message: Parameters<typeof far.send>[0]): void => {
    far.send(message).catch((error: Error) => {
      if (!('id' in message) || !('method' in message)) return
      const failure = { code: -32_603, message: `The assistant does not answer: ${error.message}` }
      void near.send({ jsonrpc: '2.0', id: message.id, error: failure })
    })
  }
  Object.assign(near, { onmessage: pass })
  Object.assign(far, { onmessage: (message: Parameters<typeof near.send>[0]) => void near.send(message) })
  await far.start()
  await near.start()
  await inputEnds()
  await far.close()
  await near.close()
}

function inputEnds(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.once('end', resolve)
    process.stdin.once('close', resolve)
  })
}
