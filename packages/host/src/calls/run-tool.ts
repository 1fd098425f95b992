import { isPluggramError, PluggramError } from '@pluggram/sdk'
import type { MessageContext, Services, StandardSchemaV1, ToolDefinition } from '@pluggram/sdk'

/** A tool call, with what the tool's function receives besides the arguments. */
export interface ToolCall {
  readonly plugin: string
  readonly name: string
  readonly tool: ToolDefinition | undefined
  readonly input: unknown
  readonly context: MessageContext
  readonly services: Services
}

/** A longer list would not help the model. */
const MAX_ISSUES = 10

/**
 * Checks the arguments of a tool and calls it.
 * @throws PluggramError `tool-not-found`, `tool-arguments-invalid`; else what the tool threw
 */
export async function runTool(call: ToolCall): Promise<unknown> {
  const { plugin, name, tool, context, services } = call
  if (!tool) throw new PluggramError('tool-not-found', `Plugin ${plugin} has no tool ${name}.`)
  const args = await checkArguments(call, tool.schema)
  context.signal.throwIfAborted()
  return tool.execute(args, { ...context, services })
}

/** What is wrong with the arguments of a tool; `undefined` when they fit. */
export async function checkTool(
  call: Pick<ToolCall, 'plugin' | 'name' | 'tool' | 'input'>,
): Promise<string | undefined> {
  try {
    await checkArguments(call, call.tool?.schema)
    return undefined
  } catch (error) {
    if (isPluggramError(error) && error.code === 'tool-arguments-invalid') return error.message
    throw error
  }
}

async function checkArguments(
  { plugin, name, input }: Pick<ToolCall, 'plugin' | 'name' | 'input'>,
  schema: StandardSchemaV1 | undefined,
): Promise<unknown> {
  if (!schema) return {}
  const result = await schema['~standard'].validate(input ?? {})
  if (!result.issues) return result.value
  const issues = result.issues.slice(0, MAX_ISSUES).map((issue) => {
    const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))
    return `${path.join('.') || 'arguments'}: ${issue.message}`
  })
  throw new PluggramError(
    'tool-arguments-invalid',
    `The arguments of ${plugin}.${name} do not fit: ${issues.join('; ').slice(0, 1_000)}`,
  )
}
