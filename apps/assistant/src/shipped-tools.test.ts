import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PluginDefinition, ToolDefinition } from '@pluggram/sdk'
import { z } from '@pluggram/sdk'
import { expect, test } from 'vitest'
import { shippedPlugins } from './shipped-plugins.ts'

const GUIDE = new URL('../../../docs/guides/tools-and-mcp.md', import.meta.url)

/** Tools whose names and number come from the owner's configuration. */
const CONFIGURED = new Set(['api_integration', 'database'])

async function shippedTools(): Promise<readonly (readonly [string, ToolDefinition])[]> {
  const found: (readonly [string, ToolDefinition])[] = []
  for (const { name, directory } of shippedPlugins()) {
    if (CONFIGURED.has(name)) continue
    const { default: plugin } = (await import(join(directory, 'src/index.ts'))) as {
      default: PluginDefinition
    }
    const config = plugin.config ? await plugin.config['~standard'].validate({}) : { value: {} }
    const configured = 'value' in config ? plugin.configure?.(config.value) : undefined
    const tools = { ...plugin.tools, ...configured?.tools }
    for (const [tool, definition] of Object.entries(tools)) found.push([`${name}.${tool}`, definition])
  }
  return found
}

test('the guide names every tool that ships, who may use it and what it does outside of its answer', async () => {
  const guide = await readFile(GUIDE, 'utf8')
  const rows = [...guide.matchAll(/^\| `(\w+\.\w+)` \|[^|]+\| (\w+) \| (\w+) \|$/gm)].map((row) =>
    row.slice(1),
  )
  const expected = (await shippedTools()).map(([id, { role = 'everyone', effect }]) => [id, role, effect])
  expect(rows.toSorted()).toEqual(expected.toSorted())
})

test('small models can fill in the arguments of every tool that ships', async () => {
  for (const [id, { description, schema }] of await shippedTools()) {
    expect([id, description.length]).toEqual([id, expect.any(Number)])
    expect(description.length).toBeLessThan(300)
    if (!schema) continue
    const { properties = {} } = z.toJSONSchema(schema as z.ZodType, { io: 'input' })
    expect([id, Object.keys(properties).length <= 5]).toEqual([id, true])
    for (const [name, property] of Object.entries(properties)) {
      const { type } = property as { type?: string }
      // no objects in objects, no alternatives
      expect([id, name, type]).toEqual([
        id,
        name,
        expect.stringMatching(/^(?:string|integer|number|boolean|array)$/),
      ])
    }
  }
})
