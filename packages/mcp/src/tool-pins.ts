import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '@pluggram/base'
import { z } from '@pluggram/sdk'

const pinSchema = z.object({
  /** A hash of everything the model is told about the tool. */
  hash: z.string(),
  description: z.string(),
})
const fileSchema = z.object({
  servers: z.record(
    z.string(),
    z.object({
      granted: z.record(z.string(), pinSchema),
      /** The server's current descriptions, where they differ. */
      pending: z.record(z.string(), pinSchema),
      /** The owner has read the descriptions and agreed to them. */
      isAgreed: z.boolean().default(false),
    }),
  ),
})

/** A tool's description as the owner approved it. */
export type ToolPin = z.infer<typeof pinSchema>

/** A change in a server since the owner's approval. */
export interface PinChange {
  readonly tool: string
  /** Absent for a new tool. */
  readonly before?: string
  readonly after: string
}

type PinFile = z.infer<typeof fileSchema>

/** The file with the approved descriptions of MCP servers' tools. */
export function pinsFile(dataFolder: string): string {
  return join(dataFolder, 'mcp-tools.json')
}

/** The pin of a tool; `definition` is the server's description of it. */
export function pinOf(
  definition: Readonly<Record<string, unknown>> & { readonly description?: string | undefined },
): ToolPin {
  const hash = createHash('sha256').update(canonical(definition)).digest('hex')
  return { hash, description: definition.description ?? '' }
}

/** The tools of a server that may be used. */
export interface CheckedPins {
  readonly tools: ReadonlySet<string>
  /** The owner has read their descriptions; otherwise these are text from elsewhere. */
  readonly isAgreed: boolean
}

/**
 * Compares a server's tools with the ones the owner approved. The tools of a new server may be used
 * as they are, because the owner has just added it to the configuration.
 */
export async function checkPins(
  file: string,
  server: string,
  offered: ReadonlyMap<string, ToolPin>,
): Promise<CheckedPins> {
  const contents = await readPins(file)
  const known = contents.servers[server]
  if (!known) {
    const entry = { granted: Object.fromEntries(offered), pending: {}, isAgreed: false }
    await writePins(file, withServer(contents, server, entry))
    return { tools: new Set(offered.keys()), isAgreed: false }
  }
  const differing = [...offered].filter(([tool, { hash }]) => known.granted[tool]?.hash !== hash)
  const pending = Object.fromEntries(differing)
  if (JSON.stringify(pending) !== JSON.stringify(known.pending)) {
    await writePins(file, withServer(contents, server, { ...known, pending }))
  }
  const tools = [...offered.keys()].filter((tool) => !Object.hasOwn(pending, tool))
  return { tools: new Set(tools), isAgreed: known.isAgreed }
}

/** What waits for the owner's approval: changes, and all tools of a server that they never approved. */
export async function pendingPins(file: string, server: string): Promise<readonly PinChange[]> {
  const known = (await readPins(file)).servers[server]
  if (!known) return []
  // nobody has read the tools that came with a new server
  const unread = known.isAgreed ? {} : known.granted
  return Object.entries({ ...known.pending, ...unread, ...known.pending }).map(([tool, { description }]) => {
    const before = Object.hasOwn(known.pending, tool) ? known.granted[tool]?.description : undefined
    return { tool, after: description, ...(before !== undefined && { before }) }
  })
}

/** Records the owner's approval of a server's current tools. */
export async function grantPins(file: string, server: string): Promise<void> {
  const contents = await readPins(file)
  const known = contents.servers[server]
  if (!known) return
  const granted = { ...known.granted, ...known.pending }
  await writePins(file, withServer(contents, server, { granted, pending: {}, isAgreed: true }))
}

function withServer(contents: PinFile, server: string, entry: PinFile['servers'][string]): PinFile {
  return { servers: { ...contents.servers, [server]: entry } }
}

/**
 * @throws Error when the file exists but cannot be read: treating it as missing would approve
 * anything
 */
async function readPins(file: string): Promise<PinFile> {
  let text
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { servers: {} }
    throw error
  }
  const parsed = fileSchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new Error(`${file} is damaged; delete it to approve all MCP servers again as they are`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function writePins(file: string, contents: PinFile): Promise<void> {
  await replaceFile(file, `${JSON.stringify(contents, null, 2)}\n`, { mode: 0o600, makesFolder: true })
}

/** JSON with sorted keys, so that equal content gives equal text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`)
  return `{${members.join(',')}}`
}
