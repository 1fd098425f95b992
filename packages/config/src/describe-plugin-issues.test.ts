import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { formatProblem } from './config-problem.ts'
import { describePluginIssues, type PluginIssue } from './describe-plugin-issues.ts'
import { loadConfiguration } from './load-configuration.ts'
import { applyPluginEnvironment } from './plugin-environment.ts'
import { createTestHome } from './test-home.ts'

const FILE = `{
  "plugins": {
    "my_plugin": {
      "count": "three",
      "token": 12345678,
      "nested": { "list": [1, "x"] }
    }
  }
}`

async function describeIssues(
  issues: readonly PluginIssue[],
  options: { file?: string; environment?: Record<string, string> } = {},
): Promise<string[]> {
  await using home = await createTestHome({ 'config.json': options.file ?? FILE })
  const loaded = await loadConfiguration({ home: home.home, environment: options.environment ?? {} })
  const configured = applyPluginEnvironment(loaded, ['my_plugin'])
  const problems = describePluginIssues(configured, 'my_plugin', issues)
  expect(problems.every((problem) => problem.plugin === 'my_plugin' && problem.severity === 'error')).toBe(
    true,
  )
  return problems.map((problem) => formatProblem(problem, loaded))
}

function issuesOf(schema: z.ZodType, block: unknown): readonly PluginIssue[] {
  const result = schema['~standard'].validate(block)
  if (result instanceof Promise || result.issues === undefined) throw new Error('expected issues')
  return result.issues
}

describe('describePluginIssues', () => {
  it('names every missing key with the line of the block and both ways to set it', async () => {
    const schema = z.object({ api_key: z.string(), endpoint: z.url() })
    expect(await describeIssues(issuesOf(schema, { count: 'three' }))).toEqual([
      'config.json:3:5: plugins.my_plugin.api_key: Missing required config: plugins.my_plugin.api_key. Add "api_key" (a string) to plugins.my_plugin in config.json, or set MY_PLUGIN_API_KEY in .env.',
      'config.json:3:5: plugins.my_plugin.endpoint: Missing required config: plugins.my_plugin.endpoint. Add "endpoint" (a string) to plugins.my_plugin in config.json, or set MY_PLUGIN_ENDPOINT in .env.',
    ])
  })

  it('points at the nearest ancestor when there is no block, and at line 1 when there is no file', async () => {
    const issue = { path: ['api_key'], message: 'Required' }
    expect((await describeIssues([issue], { file: '{\n "plugins": {} }' }))[0]).toMatch(
      /^config\.json:2:2: plugins/,
    )
    expect((await describeIssues([issue], { file: '{}' }))[0]).toMatch(/^config\.json:1:1: plugins/)
  })

  it('offers no variable for a key deeper inside', async () => {
    const [line] = await describeIssues([{ path: ['nested', 'key'], message: 'x', isMissing: true }])
    expect(line).toBe(
      'config.json:6:7: plugins.my_plugin.nested.key: Missing required config: plugins.my_plugin.nested.key. Add "key" to plugins.my_plugin.nested in config.json.',
    )
  })

  it('locates wrong values, also inside arrays and by segments that are objects', async () => {
    const schema = z.object({ count: z.number(), nested: z.object({ list: z.array(z.number()) }) })
    const block = { count: 'three', nested: { list: [1, 'x'] } }
    expect(await describeIssues(issuesOf(schema, block))).toEqual([
      'config.json:4:7: plugins.my_plugin.count: expected a number, but got the string "three". Correct plugins.my_plugin.count in config.json.',
      'config.json:6:31: plugins.my_plugin.nested.list[1]: expected a number, but got the string "x". Correct plugins.my_plugin.nested.list[1] in config.json.',
    ])
    const [line] = await describeIssues([
      { path: [{ key: 'nested' }, { key: 'list' }, { key: 1 }], message: 'odd' },
    ])
    expect(line).toContain('list[1]: expected a different value (odd), but got the string "x"')
  })

  it('shows neither secret values nor those of variables', async () => {
    const lines = await describeIssues(
      [
        { path: ['token'], message: 'Invalid input: expected string, received number' },
        { path: ['color'], message: 'what is "mauve"?' },
        { path: [], message: 'mauve and mauve-like values are not allowed' },
      ],
      { environment: { MY_PLUGIN_COLOR: 'mauve', MY_PLUGIN_PASSWORD: 'mauve-like' } },
    )
    expect(lines).toEqual([
      'config.json:5:7: plugins.my_plugin.token: expected a string, but got a number (not shown). Correct plugins.my_plugin.token in config.json.',
      'environment: plugins.my_plugin.color: expected a different value (what is \\"[redacted]\\"?), but got a string (not shown). Correct MY_PLUGIN_COLOR in the environment.',
      'config.json:3:5: plugins.my_plugin: expected a different value (mauve and [redacted] values are not allowed), but got an object. Correct plugins.my_plugin in config.json.',
    ])
  })

  it('locates each key that a strict schema does not know', async () => {
    const schema = z.strictObject({ nested: z.unknown() })
    const lines = await describeIssues(issuesOf(schema, { count: 'three', token: 1, nested: {} }))
    expect(lines.map((line) => line.split(': ').slice(0, 2))).toEqual([
      ['config.json:4:7', 'plugins.my_plugin.count'],
      ['config.json:5:7', 'plugins.my_plugin.token'],
    ])
  })
})
