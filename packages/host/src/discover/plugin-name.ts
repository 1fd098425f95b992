const PLUGIN_NAME = /^[a-z][a-z0-9_]{0,63}$/

/**
 * Lower case letters, digits and `_`, starting with a letter, because names are keys in
 * configuration files and environment variables.
 */
export function isPluginName(name: string): boolean {
  return PLUGIN_NAME.test(name)
}

/** The nearest allowed name, for example `my_plugin` for `My-Plugin`. */
export function suggestPluginName(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '_')
    .replaceAll(/^[^a-z]+|_+$/g, '')
    .slice(0, 64)
  return words === '' ? 'my_plugin' : words
}

/** `@scope/pluggram-plugin-my-thing` and `@pluggram/plugin-my-thing` become `my_thing`. */
export function pluginNameOfPackage(packageName: string): string {
  const bare = packageName.replace(/^@[^/]*\//, '')
  const short = bare.replace(/^pluggram-plugin-/, '')
  const own = packageName.startsWith('@pluggram/') ? short.replace(/^plugin-/, '') : short
  return own.replaceAll('-', '_')
}
