import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'
import process from 'node:process'

/** Members of `process` that reach other processes; Node's permission model leaves them open. */
const REACHING_OUT = ['_debugProcess', '_debugEnd', 'initgroups', 'setgroups', 'setuid', 'seteuid'] as const

/**
 * Takes away what the permission model does not: signals to other processes, and their priority. Like the permission
 * model itself it is a seat belt for plugins with mistakes, not a jail for hostile ones.
 */
export function lockDown(): void {
  for (const name of ['kill', '_kill'] as const) {
    const kill: unknown = Reflect.get(process, name)
    Reflect.set(process, name, (pid: unknown, signal: unknown): unknown => {
      if (pid !== process.pid) throw refusal(`process.${name}`)
      return typeof kill === 'function' ? Reflect.apply(kill, process, [pid, signal]) : undefined
    })
  }
  const setPriority = os.setPriority.bind(os)
  os.setPriority = (pid: number, priority?: number) => {
    if (priority === undefined) return setPriority(0, pid)
    if (pid === 0 || pid === process.pid) return setPriority(pid, priority)
    throw refusal('os.setPriority')
  }
  for (const name of REACHING_OUT) Reflect.deleteProperty(process, name)
  // what is imported by name is the same
  syncBuiltinESMExports()
}

function refusal(name: string): Error {
  return Object.assign(new Error(`${name} reaches only the plugin's own process.`), {
    code: 'ERR_ACCESS_DENIED',
    permission: 'Process',
  })
}
