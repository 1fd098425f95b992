import { createProblem, type ConfigProblem } from './config-problem.ts'
import { describeValue } from './describe-value.ts'
import { formatPath, quote } from './format-path.ts'
import { isForbiddenKey, isJsonObject, type JsonObject, type JsonValue } from './json-value.ts'
import type { JsonDocument } from './parse-json-document.ts'
import { SWITCHES_FILE } from './plugin-switches.ts'
import { PLUGIN_NAME } from './settings-schema.ts'

/** The plugin that is on even if `plugins_config.json` does not list it. */
const ON_BY_DEFAULT = 'ai_chatbot'
const MOST_PROBLEMS = 100

export interface PluginBlocks {
  readonly blocks: Readonly<Record<string, JsonObject>>
  readonly problems: readonly ConfigProblem[]
}

/** Splits `plugins` into blocks. A problem in a plugin's block affects only that plugin. */
export function readPluginBlocks(
  plugins: JsonValue | undefined,
  document: JsonDocument | undefined,
  switches: ReadonlyMap<string, boolean>,
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
      const warning = checkEnabled(name, block, document, switches)
      if (warning !== undefined) problems.push(warning)
    } else {
      problems.push(
        createProblem({
          at: document.locateValue(['plugins', name]),
          path,
          expected: "an object with the plugin's settings",
          got: describeValue(block, true),
          fix: `write ${quote(name)}: { … }`,
          plugin: name,
        }),
      )
    }
    if (problems.length >= MOST_PROBLEMS) break
  }
  return { blocks, problems }
}

/**
 * Reports an `enabled` in a plugin's block that has no effect. People try to switch plugins there
 * as well.
 */
function checkEnabled(
  name: string,
  block: JsonObject,
  document: JsonDocument,
  switches: ReadonlyMap<string, boolean>,
): ConfigProblem | undefined {
  const enabled = block['enabled']
  const isOn = switches.get(name) ?? name === ON_BY_DEFAULT
  if (typeof enabled !== 'boolean' || enabled === isOn) return undefined
  const state = switches.has(name)
    ? `switches it ${isOn ? 'on' : 'off'}`
    : `does not name it, so it is ${isOn ? 'on' : 'off'}`
  return createProblem({
    at: document.locateKey(['plugins', name, 'enabled']),
    path: formatPath(['plugins', name, 'enabled']),
    severity: 'warning',
    message: `${SWITCHES_FILE} decides, and ${state}; "enabled": ${enabled} here means nothing`,
    fix: `remove "enabled" here, and write ${quote(name)}: ${enabled} in ${SWITCHES_FILE} if that is what you want`,
    plugin: name,
  })
}
