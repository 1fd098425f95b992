import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'
import process from 'node:process'
import v8 from 'node:v8'

/** Members of `process` that reach other processes; Node's permission model leaves them open. */
const REACHING_OUT = ['_debugProcess', '_debugEnd', 'initgroups', 'setgroups', 'setuid', 'seteuid'] as const

/**
 * Disables what the permission model leaves open: signals to other processes, their priority, and
 * functions that make Node or V8 write files anywhere. Like the permission model, it protects
 * against buggy plugins, not against hostile ones.
 */
export function lockDown(): void {
  for (const name of ['kill', '_kill'] as const) {
    const kill: unknown = Reflect.get(process, name)
    Reflect.set(process, name, (pid: unknown, signal: unknown): unknown => {
      if (pid !== process.pid) throw refusal(`process.${name} reaches only the plugin's own process.`)
      return typeof kill === 'function' ? Reflect.apply(kill, process, [pid, signal]) : undefined
    })
  }
  const [setPriority, getPriority] = [os.setPriority.bind(os), os.getPriority.bind(os)]
  os.setPriority = (...given: [pid: number, priority?: number]) => {
    const [pid, priority] = given.length === 1 ? [0, given[0]] : [given[0], Number(given[1])]
    if (pid !== 0 && pid !== process.pid) {
      throw refusal("os.setPriority reaches only the plugin's own process.")
    }
    // only the host may raise a priority
    if (priority < getPriority(0)) throw refusal("os.setPriority only lowers a plugin's priority.")
    return setPriority(0, priority)
  }
  v8.setFlagsFromString = () => {
    throw refusal('v8.setFlagsFromString is not for plugins: some flags write files.')
  }
  keepReportInMemory()
  for (const name of REACHING_OUT) Reflect.deleteProperty(process, name)
  // update the named exports as well
  syncBuiltinESMExports()
}

/** A report of a fatal error would overwrite any file that the plugin chooses. */
function keepReportInMemory(): void {
  const { report } = process
  const getReport = report.getReport.bind(report)
  Object.defineProperty(process, 'report', {
    // libraries that look for the C library switch excludeNetwork on, which changes nothing here
    value: Object.seal({ getReport, excludeNetwork: true }),
    enumerable: true,
    configurable: false,
    writable: false,
  })
}

function refusal(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_ACCESS_DENIED', permission: 'Process' })
}
