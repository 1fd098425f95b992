import type { Transport } from '@modelcontextprotocol/client'

type Fields = Readonly<Record<string, unknown>>

/**
 * Mends lists of tools before the library reads them: it refuses a whole list for one odd tool.
 * @param onOdd called with the problem of each tool that is left out
 */
export function tidyTools(transport: Transport, onOdd: (problem: string) => void): void {
  // eslint-disable-next-line unicorn/prefer-add-event-listener -- a transport is no EventTarget
  const { onmessage } = transport
  if (!onmessage) return
  Object.assign(transport, {
    onmessage(message: unknown, extra: unknown) {
      Reflect.apply(onmessage, transport, [tidy(message, onOdd), extra])
    },
  })
}

function tidy(message: unknown, onOdd: (problem: string) => void): unknown {
  if (!isFields(message) || !isFields(message['result'])) return message
  const { tools } = message['result']
  if (!Array.isArray(tools)) return message
  const usable = tools.flatMap((tool: unknown, index) => {
    const problem = problemOf(tool)
    if (problem === undefined) return [tidyTool(tool as Fields)]
    onOdd(`number ${index + 1} ${problem}`)
    return []
  })
  return { ...message, result: { ...message['result'], tools: usable } }
}

function problemOf(tool: unknown): string | undefined {
  if (!isFields(tool) || typeof tool['name'] !== 'string') return 'has no name'
  const { inputSchema = {} } = tool
  const { type = 'object' } = isFields(inputSchema) ? inputSchema : { type: typeof inputSchema }
  const isObject = type === 'object' || (Array.isArray(type) && type.includes('object'))
  return isObject ? undefined : `(${tool['name'].slice(0, 100)}) takes no object`
}

function tidyTool(tool: Fields): Fields {
  // what a result looks like does not matter, and results that differ from it would be refused
  const { outputSchema: _output, inputSchema, description, title, annotations, ...rest } = tool
  return {
    ...rest,
    ...(typeof description === 'string' && { description }),
    ...(typeof title === 'string' && { title }),
    ...(isFields(annotations) && { annotations }),
    inputSchema: { ...(isFields(inputSchema) && inputSchema), type: 'object' },
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
