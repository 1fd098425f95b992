import { PermissionError } from '@pluggram/sdk'

/** Methods that would take control of the bot away from the assistant. */
const NEVER = new Set(['getupdates', 'setwebhook', 'deletewebhook', 'getwebhookinfo', 'logout', 'close'])

export interface MethodGuard {
  /** @throws PermissionError */
  check(method: string): void
  has(method: string): boolean
}

/** Refuses methods that were not granted. Case is ignored, as the Bot API does. */
export function createMethodGuard(plugin: string, granted: readonly string[]): MethodGuard {
  const names = new Set(granted.map((name) => name.toLowerCase()))

  function has(method: string): boolean {
    const name = method.toLowerCase()
    return names.has(name) && !NEVER.has(name)
  }

  return {
    has,
    check(method) {
      if (typeof method === 'string' && /^[a-z]{3,64}$/i.test(method)) {
        if (has(method)) return
        if (NEVER.has(method.toLowerCase())) {
          throw new PermissionError(
            `Plugin ${plugin} calls ${method}, which is the assistant's own: no plugin may.`,
          )
        }
        throw new PermissionError(
          `Plugin ${plugin} calls ${method} without asking for it. Add permissions: { telegram: ['${method}'] } to its manifest.`,
        )
      }
      throw new PermissionError(`Plugin ${plugin} calls a method that the Bot API cannot have.`)
    },
  }
}
