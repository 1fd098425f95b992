import type { PluginReference, PluginsService, Remote } from '@pluggram/sdk'

/** Adds typed references to the untyped `call`. */
export function createPluginsService(call: PluginsService['call']): PluginsService {
  return {
    call,
    use<Methods extends object>({ plugin }: PluginReference<Methods>) {
      const methods = new Proxy(
        {},
        {
          get: (_target, method) =>
            // without a `then`, so that `await` does not take it for a promise
            typeof method === 'string' && method !== 'then'
              ? (...args: readonly unknown[]) => call(plugin, method, ...args)
              : undefined,
        },
      )
      return methods as Remote<Methods>
    },
  }
}
