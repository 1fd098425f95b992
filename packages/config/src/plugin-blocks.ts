import { createProblem, type ConfigProblem } from './config-problem.ts'
import { describeValue } from './describe-value.ts'
import { formatPath, quote } from './format-path.ts'
import { isForbiddenKey, isJsonObject, type JsonObject, type JsonValue } from './json-value.ts'
import type { JsonDocument } from './parse-json-document.ts'
import { PLUGIN_NAME } from './settings-schema.ts'

const MOST_PROBLEMS = 100

export interface PluginBlocks {
  readonly blocks: Readonly<Record<string, JsonObject>>
  readonly problems: readonly ConfigProblem[]
}

/** Splits `plugins` into blocks. A problem in a plugin's block affects only that plugin. */
export function readPluginBlocks(
  plugins: JsonValue | undefined,
  document: JsonDocument | undefined,
): PluginBlocks {
  const blocks: Record<string, JsonObject> = Object.create(null)
  const problems: ConfigProblem[] = []
  if (plugins === undefined || document === undefined) return { blocks, problems }
  if (!isJsonObject(plugins)) {
    const problem = createProblem({
      at: document.locateValue(['plugins']),
      path: 'plugins',
      expected: 'an object of plugin blocks',
      got: describeValue(plugins, true),
      fix: 'write "plugins": { "my_plugin": { … } }',
    })
    return { blocks, problems: [problem] }
  }
  for (const [name, block] of Object.entries(plugins)) {
    const path = formatPath(['plugins', name])
    if (!PLUGIN_NAME.test(name) || isForbiddenKey(name)) {
      problems.push(
        createProblem({
          at: document.locateKey(['plugins', name]),
          path,
          expected:
            "a plugin's name: a lower-case letter, then lower-case letters, digits and _ (at most 64)",
          got: quote(name),
          fix: "use the name of the plugin's file or folder",
          plugin: name,
        }),
      )
    } else if (isJsonObject(block)) {
      blocks[name] = block
    } else {
      problems.push(
        createProblem({
          at: document.locateValue(['plugins', name]),
          path,
          expected: "an object with the plugin's settings",
          got: describeValue(block, true),
          fix: `write ${quote(name)}: { ${typeof block === 'boolean' ? `"enabled": ${block}` : '…'} }`,
          plugin: name,
        }),
      )
    }
    if (problems.length >= MOST_PROBLEMS) break
  }
  return { blocks, problems }
}
