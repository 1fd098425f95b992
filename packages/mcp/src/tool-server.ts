import { Server } from '@modelcontextprotocol/server'
import type { CallToolResult, Tool } from '@modelcontextprotocol/server'
import { machineTimeZone } from '@pluggram/base'
import type { Logger } from '@pluggram/sdk'
import { DeliveryError } from '@pluggram/sdk'
import { PROGRAM_ID } from '@pluggram/sdk/runtime'
import type { CallContext, PluginRegistry } from '@pluggram/sdk/runtime'
import { isGranted, offerTools, runCall, visibleText } from '@pluggram/ai/tools'
import type { CallTool, OfferedTool, ToolSettings } from '@pluggram/ai/tools'

/** Options of the tool server. */
export interface ToolServerOptions {
  readonly registry: () => PluginRegistry
  /** Executes all tool calls. */
  readonly callTool: CallTool
  readonly settings: () => ToolSettings
  /** Hides secrets in every key and text of an answer. */
  hide<Answer>(answer: Answer): Answer
  readonly logger: Logger
}

let calls = 0

/**
 * A Model Context Protocol server that offers the plugins' tools. Its clients are authenticated as
 * the owner. Nobody can press an approval button there, so a tool with external effects needs the
 * owner's grant.
 */
export function createToolServer(options: ToolServerOptions): Server {
  const server = new Server({ name: 'pluggram', version: '0.1.0' }, { capabilities: { tools: {} } })
  server.setRequestHandler('tools/list', () => options.hide({ tools: list(options.registry()) }))
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) =>
    options.hide(await call(params.name, params.arguments, mcpReq.signal, options)),
  )
  return server
}

function list(registry: PluginRegistry): Tool[] {
  return [...offerTools(registry).tools].map(([name, { id, tool }]) => ({
    name,
    title: id,
    description: visibleText(tool.description),
    inputSchema: { ...tool.inputSchema, type: 'object' as const },
    annotations: { readOnlyHint: tool.effect === 'none', openWorldHint: tool.effect === 'external' },
  }))
}

async function call(
  name: string,
  args: unknown,
  signal: AbortSignal,
  { registry, callTool, settings, logger }: ToolServerOptions,
): Promise<CallToolResult> {
  const offered = offerTools(registry()).tools.get(name)
  if (!offered) return failure(`There is no tool ${name.slice(0, 100)}.`)
  const { id, plugin, tool } = offered
  const current = settings()
  if (tool.effect === 'external' && !isGranted(current, plugin.descriptor.name, tool.name)) {
    return failure(
      `${id} has an effect outside of its answer. The owner of the assistant can grant it in config.json: "ai": { "tools": { "granted": ["${id}"] } }.`,
    )
  }
  const { timeoutSeconds } = current
  const result = await runCall({
    callTool,
    offered,
    args,
    context: createContext(offered, signal),
    timeoutSeconds,
    logger,
  })
  return result.isDone ? { content: [{ type: 'text', text: result.text }] } : failure(result.error)
}

function failure(text: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text }] }
}

/** The context of a call without a message, so there is no chat to reply to. */
function createContext({ id }: OfferedTool, signal: AbortSignal): CallContext {
  const nobody = async (): Promise<never> => {
    throw new DeliveryError('delivery-failed', `${id} was called over MCP: there is no chat to write to.`)
  }
  calls += 1
  return {
    chat: { id: 0, type: 'private' },
    user: { id: PROGRAM_ID, firstName: 'MCP client', isBot: true },
    role: 'owner',
    message: {
      id: 0,
      text: '',
      entities: [],
      attachments: [],
      date: new Date(),
      isEdited: false,
      isAddressed: true,
    },
    timeZone: machineTimeZone(),
    signal,
    attempt: 1,
    idempotencyKey: `mcp:${process.pid}:${Date.now()}:${calls}`,
    reply: nobody,
    react: nobody,
    download: nobody,
    groupRights: async () => ({ userIsAdministrator: false, botSeesAllMessages: false }),
  }
}
