import { thrownText } from '../error-location.ts'

const TRUST =
  'Or, if the owner trusts the plugin, run it inside the assistant: "isolation": "inline" for it under plugin_host.plugins in config.json.'

/**
 * What a plugin did when Node's permission model stopped it, and what it can do instead. Node's own words
 * name its command line options, which no author of a plugin can set.
 * https://nodejs.org/api/permissions.html
 */
const DENIED: Readonly<Record<string, readonly [did: string, instead: string]>> = {
  Net: [
    'opened a network connection of its own',
    "Plugins reach the network by fetch, with the hosts named in their manifest under permissions.network. Many libraries take a fetch function, such as axios with adapter: 'fetch'.",
  ],
  FileSystemRead: [
    'read a file that is not its own',
    'A plugin reads the files of its own folder; for others ask for the permission files and use services.files.',
  ],
  FileSystemWrite: [
    'wrote to the disk',
    'Ask for the permission files and use services.files, or keep values in services.store.',
  ],
  ChildProcess: [
    'started another program',
    'Plugins start none. Use a library of JavaScript or WebAssembly.',
  ],
  WorkerThreads: [
    'started a worker thread',
    'Plugins have none. Do the work in small steps with await between them.',
  ],
  Addons: ['loaded a native addon', 'Use a library of JavaScript or WebAssembly.'],
  WASI: ['used WASI', 'Use WebAssembly without WASI.'],
  Inspector: ['opened the inspector', 'Only plugins inside the assistant can be debugged.'],
}

/** A sentence for an error of Node's permission model; `undefined` for any other error. Never throws. */
export function explainDenied(error: unknown): string | undefined {
  const denied = DENIED[permissionOf(error)]
  if (!denied) return undefined
  const [did, instead] = denied
  const library = libraryOf(thrownText(error, 'stack'))
  const who = library === undefined ? 'The plugin' : `The library ${library}`
  return `${who} ${did}${resourceOf(error)}, which the plugin's process may not do. ${instead} ${TRUST}`
}

function permissionOf(error: unknown): string {
  const code = thrownText(error, 'code')
  if (code === 'ERR_DLOPEN_DISABLED') return 'Addons'
  // lookups of names and connections name no permission
  return code === 'ERR_ACCESS_DENIED' ? thrownText(error, 'permission') || 'Net' : ''
}

function resourceOf(error: unknown): string {
  const resource = thrownText(error, 'resource')
  return resource === '' ? '' : ` (${resource.slice(0, 200)})`
}

/** The package whose code is nearest to the error. */
function libraryOf(stack: string): string | undefined {
  const frame = stack.split('\n').find((line) => /^\s+at /.test(line) && line.includes('node_modules'))
  return /.*node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(frame ?? '')?.[1]
}

/** Stands where Node has its own WebSocket, which fails without a reason in a plugin's process. */
export function RefusedWebSocket(): never {
  throw new TypeError(`A plugin's process has no WebSocket. Use fetch and ask again at intervals. ${TRUST}`)
}
