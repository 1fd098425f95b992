import type { PluginReference, PluginsService, Remote } from '@pluggram/sdk'

/** Adds typed references to the plain call of another plugin's method. */
export function createPluginsService(call: PluginsService['call']): PluginsService {
  return {
    call,
    use<Methods extends object>({ plugin }: PluginReference<Methods>) {
      const methods = new Proxy(
        {},
        {
          get: (_target, method) =>
            // a promise is recognised by its `then`; this is none
            typeof method === 'string' && method !== 'then'
              ? (...args: readonly unknown[]) => call(plugin, method, ...args)
              : undefined,
        },
      )
      return methods as Remote<Methods>
    },
  }
}
