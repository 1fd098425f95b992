import { isPluginDefinition } from '@pluggram/sdk'
import type { PluginClass, PluginDefinition } from '@pluggram/sdk'

/** The plugin that a module exports. */
export type PluginModule =
  | { readonly form: 'class'; readonly plugin: PluginClass }
  | { readonly form: 'definition'; readonly plugin: PluginDefinition }

/**
 * Picks the plugin out of an imported module: a class or a `definePlugin` result as default export
 * or `module.exports`.
 * @throws TypeError that says what was found and what to write instead.
 */
export function pickPlugin(module: unknown): PluginModule {
  const exported: unknown = Reflect.get(Object(module), 'default')
  if (isTranspiled(exported)) return toPlugin(Reflect.get(exported, 'default'), module)
  return toPlugin(exported, module)
}

/** Recognises both forms of a plugin. */
export function toPlugin(exported: unknown, module: unknown = {}): PluginModule {
  if (isPluginDefinition(exported)) return { form: 'definition', plugin: exported }
  if (isConstructor(exported)) return { form: 'class', plugin: exported }
  throw new TypeError(complaint(exported, module))
}

/** Whether a CommonJS file was compiled from an ES module. */
function isTranspiled(value: unknown): value is object {
  return typeof value === 'object' && value !== null && '__esModule' in value && 'default' in value
}

function isConstructor(value: unknown): value is PluginClass {
  // arrow functions, async functions and methods have no prototype
  return typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null
}

function complaint(exported: unknown, module: unknown): string {
  if (exported === undefined) {
    const names = Object.keys(Object(module)).filter((name) => name !== 'module.exports')
    const found = names.length > 0 ? ` (it exports ${names.slice(0, 5).join(', ')})` : ''
    return `there is no default export${found}. Write: export default class MyPlugin { … }`
  }
  if (typeof exported === 'function') {
    return 'the default export is a function, not a class. Write: export default class MyPlugin { … }, or export default definePlugin({ … })'
  }
  if (typeof exported !== 'object' || exported === null) {
    return `the default export is ${exported === null ? 'null' : `a ${typeof exported}`}. Export a class, or definePlugin({ … })`
  }
  // an empty file counts as CommonJS
  if (!('processMessage' in exported) && Object.keys(exported).length === 0) {
    return 'the file exports nothing. Write: export default class MyPlugin { … }'
  }
  if ('processMessage' in exported) {
    return 'the default export is an object with processMessage. Export the class itself, not an instance of it; or definePlugin({ setup: () => ({ processMessage }) })'
  }
  const has = 'setup' in exported || 'commands' in exported
  return has
    ? 'the default export is a plain object. Wrap it: export default definePlugin({ … })'
    : 'the default export is an object without setup or commands. Export a class, or definePlugin({ … })'
}
