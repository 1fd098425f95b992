import { proxyFailure } from '@pluggram/base'
import { Client, SdkHttpError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Tool, Transport } from '@modelcontextprotocol/client'
import type { PictureResult } from '@pluggram/ai/tools'
import { limitedFetch } from './limited-fetch.ts'
import { readToolResult } from './mcp-result.ts'
import type { McpServerSettings } from './mcp-settings.ts'
import { ProcessTransport } from './process-transport.ts'
import { SessionLost } from './session-lost.ts'
import { tidyTools } from './tidy-tools.ts'

export interface McpConnectionOptions {
  readonly settings: McpServerSettings
  readonly workingDirectory: string
  /** Time limit for the handshake and the list of tools. */
  readonly startSeconds: number
  /** Called with each line the server's program prints. */
  onOutput(line: string): void
  /** Called when the server reports that its tools changed. */
  onToolsChanged(): void
  /** Called when the connection ends unexpectedly. */
  onEnd(reason: string): void
  /** Called with what is wrong with a tool that is left out. */
  onOddTool(problem: string): void
}

/** An open connection to a server. */
export interface McpConnection {
  /** The server's description of itself. */
  readonly title: string
  listTools(): Promise<readonly Tool[]>
  /**
   * @throws PluggramError `tool-refused` with the server's message; Error when the connection ends
   * or the signal is aborted
   */
  callTool(
    name: string,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<string | PictureResult>
  /** Whether the server answers a ping. */
  isAlive(): Promise<boolean>
  close(): Promise<void>
}

const MAX_PAGES = 20
/** The caller's time limit applies. This only disables the library's shorter default. */
const CALL_MS = 3_600_000
const PING_MS = 3_000
const MAX_REASON = 300

/** Connects to a server. @throws Error with a readable reason */
export async function connectMcp(options: McpConnectionOptions): Promise<McpConnection> {
  const milliseconds = options.startSeconds * 1_000
  const client = new Client(
    { name: 'pluggram', version: '0.1.0' },
    {
      // no sampling, elicitation or roots: servers cannot make requests to us
      capabilities: {},
      listMaxPages: MAX_PAGES,
      listChanged: {
        tools: { autoRefresh: false, debounceMs: 1_000, onChanged: () => options.onToolsChanged() },
      },
    },
  )
  let reason = 'the connection ended'
  let isClosing = false
  // the protocol's client is not an EventTarget
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
    const transport = createTransport(options)
    await client.connect(transport, { timeout: milliseconds, maxTotalTimeout: milliseconds })
    tidyTools(transport, options.onOddTool)
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
        if (isSessionLost(error)) throw new SessionLost('it forgot the session', { cause: error })
        throw new Error(describe(error, reason), { cause: error })
      })
      return readToolResult(result)
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

/**
 * Whether a server refused a call because it no longer knows the session, for example after its
 * restart. The protocol says 404; servers say much else.
 */
function isSessionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const isAboutSession = /session|not (yet )?initiali[sz]ed|initiali[sz]e (request|first)/i.test(
    error.message,
  )
  if (!(error instanceof SdkHttpError)) return isAboutSession && !/timed out/i.test(error.message)
  const { status = 0 } = error
  return status === 404 || (isAboutSession && status >= 400 && status < 600)
}

/**
 * Shortens an error to one line. A server's text is not trusted, and addresses in errors may
 * contain keys.
 */
function describe(error: unknown, reason: string): string {
  const message = error instanceof Error ? error.message : String(error)
  const proxy = proxyFailure(error)
  if (proxy !== undefined) return `it cannot be reached: ${proxy}`
  if (/closed/i.test(message)) return shorten(reason)
  if (/^fetch failed$/i.test(message)) return 'it cannot be reached'
  return shorten(/^request timed out$/i.test(message) ? 'it did not answer in time' : message)
}

function shorten(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, MAX_REASON).toWellFormed()
}
