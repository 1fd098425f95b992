import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Tool, Transport } from '@modelcontextprotocol/client'
import { limitedFetch } from './limited-fetch.ts'
import { resultToText } from './mcp-result.ts'
import type { McpServerSettings } from './mcp-settings.ts'
import { ProcessTransport } from './process-transport.ts'

export interface McpConnectionOptions {
  readonly settings: McpServerSettings
  readonly workingDirectory: string
  /** For the first words and the list of tools. */
  readonly startSeconds: number
  /** Takes what the server's program prints. */
  onOutput(line: string): void
  /** The server says that its tools are others now. */
  onToolsChanged(): void
  /** The connection ended without having been asked to. */
  onEnd(reason: string): void
}

/** A connection to a server, from its begin to its end. */
export interface McpConnection {
  /** As the server describes itself. */
  readonly title: string
  listTools(): Promise<readonly Tool[]>
  /**
   * @throws PluggramError `tool-refused` with the server's words; Error when the connection ends or the signal is aborted
   */
  callTool(name: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<string>
  /** Whether it answers at all. */
  isAlive(): Promise<boolean>
  close(): Promise<void>
}

const MAX_PAGES = 20
/** The limit of whoever calls holds; this one only keeps the protocol from giving up earlier. */
const CALL_MS = 3_600_000
const PING_MS = 3_000
const MAX_REASON = 300

/** Connects to a server. @throws Error with a reason in words */
export async function connectMcp(options: McpConnectionOptions): Promise<McpConnection> {
  const milliseconds = options.startSeconds * 1_000
  const client = new Client(
    { name: 'pluggram', version: '0.1.0' },
    {
      // no sampling, no elicitation, no roots: a server asks us for nothing
      capabilities: {},
      listMaxPages: MAX_PAGES,
      listChanged: {
        tools: { autoRefresh: false, debounceMs: 1_000, onChanged: () => options.onToolsChanged() },
      },
    },
  )
  let reason = 'the connection ended'
  let isClosing = false
  // the protocol's client is no EventTarget
  Object.assign(client, {
    onerror(error: Error) {
      reason = shorten(error.message)
    },
    onclose() {
      if (!isClosing) options.onEnd(reason)
    },
  })
  const close = async (): Promise<void> => {
    isClosing = true
    await client.close()
  }
  try {
    await client.connect(createTransport(options), { timeout: milliseconds, maxTotalTimeout: milliseconds })
  } catch (error) {
    await close().catch(() => {})
    throw new Error(describe(error, reason), { cause: error })
  }
  const { name, title } = client.getServerVersion() ?? {}
  return {
    title: title ?? name ?? '',
    async listTools() {
      try {
        return (await client.listTools({}, { timeout: milliseconds })).tools
      } catch (error) {
        throw new Error(describe(error, reason), { cause: error })
      }
    },
    async callTool(tool, args, signal) {
      const request = { name: tool, arguments: { ...args } }
      const result = await client.callTool(request, { signal, timeout: CALL_MS }).catch((error: unknown) => {
        throw new Error(describe(error, reason), { cause: error })
      })
      return resultToText(result)
    },
    async isAlive() {
      return client.ping({ timeout: PING_MS }).then(
        () => true,
        () => false,
      )
    },
    close,
  }
}

function createTransport({ settings, workingDirectory, onOutput }: McpConnectionOptions): Transport {
  if ('command' in settings) {
    const { command, args, env } = settings
    return new ProcessTransport({ command, args, env, workingDirectory, onOutput })
  }
  return new StreamableHTTPClientTransport(new URL(settings.url), {
    requestInit: { headers: { ...settings.headers } },
    fetch: limitedFetch,
  })
}

/** A server's words are hostile, and addresses in errors may hold keys: short, and on one line. */
function describe(error: unknown, reason: string): string {
  const message = error instanceof Error ? error.message : String(error)
  if (/closed/i.test(message)) return shorten(reason)
  if (/^fetch failed$/i.test(message)) return 'it cannot be reached'
  return shorten(/^request timed out$/i.test(message) ? 'it did not answer in time' : message)
}

function shorten(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, MAX_REASON).toWellFormed()
}
