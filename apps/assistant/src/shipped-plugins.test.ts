import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PluginClass, PluginDefinition } from '@pluggram/sdk'
import { runPlugin } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_PLUGIN, shippedPlugins } from './shipped-plugins.ts'

installLeakCheck()

describe.each(shippedPlugins())('$name', ({ name, directory }) => {
  const read = (file: string): Promise<string> => readFile(join(directory, file), 'utf8')

  async function load(): Promise<PluginClass | PluginDefinition> {
    const module: unknown = await import(pathToFileURL(join(directory, 'src/index.ts')).href)
    return (module as { default: PluginClass | PluginDefinition }).default
  }

  test('has a README that leads to its quality list and an example of its configuration', async () => {
    const readme = await read('README.md')
    expect(readme).toContain('(QUALITY.md)')
    expect(readme).toContain('(config.example.json)')
    expect(await read('QUALITY.md')).toContain(`# Quality list of ${name}\n\n| rule | state |\n`)
  })

  test('its example fits its schema, and every key of the schema stands in the README', async () => {
    const plugin = await load()
    const { config: schema } = (typeof plugin === 'function' ? plugin.manifest : plugin) ?? {}
    const example = JSON.parse(await read('config.example.json')) as { plugins: Record<string, object> }
    const result = await schema?.['~standard'].validate(example.plugins[name])
    expect(result).toBeDefined()
    expect(result?.issues).toBeUndefined()
    const readme = await read('README.md')
    for (const key of Object.keys((result as { value: object }).value)) expect(readme).toContain(key)
  })

  // the default plugin answers everything, and admin needs a whole assistant
  test.skipIf([DEFAULT_PLUGIN, 'admin'].includes(name))(
    'leaves a command that nobody has to others',
    async () => {
      await using plugin = await runPlugin(await load())
      expect(await plugin.send('/command_of_nobody with words')).toBeUndefined()
    },
  )
})
