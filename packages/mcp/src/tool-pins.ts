import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '@pluggram/base'
import { z } from '@pluggram/sdk'

const pinSchema = z.object({
  /** Of everything that the model is told about the tool. */
  hash: z.string(),
  description: z.string(),
})
const fileSchema = z.object({
  servers: z.record(
    z.string(),
    z.object({
      granted: z.record(z.string(), pinSchema),
      /** What the server says now, as far as it is something else. */
      pending: z.record(z.string(), pinSchema),
    }),
  ),
})

/** A tool as it was when its owner agreed to it. */
export type ToolPin = z.infer<typeof pinSchema>

/** What changed in a server since its owner agreed to it. */
export interface PinChange {
  readonly tool: string
  /** Absent for a tool that is new. */
  readonly before?: string
  readonly after: string
}

type PinFile = z.infer<typeof fileSchema>

/** Where the descriptions of MCP servers' tools are remembered. */
export function pinsFile(dataFolder: string): string {
  return join(dataFolder, 'mcp-tools.json')
}

/** The pin of a tool; `definition` is what the server says about it. */
export function pinOf(
  definition: Readonly<Record<string, unknown>> & { readonly description?: string | undefined },
): ToolPin {
  const hash = createHash('sha256').update(canonical(definition)).digest('hex')
  return { hash, description: definition.description ?? '' }
}

/**
 * Compares what a server offers with what its owner agreed to. A server that nobody knows yet is agreed to as it is: its
 * owner has just written it into the configuration.
 * @returns names of the tools that may be used
 */
export async function checkPins(
  file: string,
  server: string,
  offered: ReadonlyMap<string, ToolPin>,
): Promise<ReadonlySet<string>> {
  const contents = await readPins(file)
  const known = contents.servers[server]
  if (!known) {
    await writePins(file, withServer(contents, server, { granted: Object.fromEntries(offered), pending: {} }))
    return new Set(offered.keys())
  }
  const differing = [...offered].filter(([tool, { hash }]) => known.granted[tool]?.hash !== hash)
  const pending = Object.fromEntries(differing)
  if (JSON.stringify(pending) !== JSON.stringify(known.pending)) {
    await writePins(file, withServer(contents, server, { ...known, pending }))
  }
  return new Set([...offered.keys()].filter((tool) => !Object.hasOwn(pending, tool)))
}

/** What waits for the owner's consent. */
export async function pendingPins(file: string, server: string): Promise<readonly PinChange[]> {
  const known = (await readPins(file)).servers[server]
  return Object.entries(known?.pending ?? {}).map(([tool, { description }]) => {
    const before = known?.granted[tool]?.description
    return { tool, after: description, ...(before !== undefined && { before }) }
  })
}

/** The owner agrees to what a server offers now. */
export async function grantPins(file: string, server: string): Promise<void> {
  const contents = await readPins(file)
  const known = contents.servers[server]
  if (!known) return
  const granted = { ...known.granted, ...known.pending }
  await writePins(file, withServer(contents, server, { granted, pending: {} }))
}

function withServer(contents: PinFile, server: string, entry: PinFile['servers'][string]): PinFile {
  return { servers: { ...contents.servers, [server]: entry } }
}

/** @throws Error when the file is there but cannot be read: guessing would agree to anything */
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
  throw new Error(`${file} is damaged; delete it to agree anew to all MCP servers as they are`)
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

/** The same text for the same content, in whatever order its members come. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`)
  return `{${members.join(',')}}`
}
