/**
 * Loaded into the assistant and into plugin processes while they are measured. It writes down which
 * functions ran since the last SIGUSR2. Plugin processes then run without Node's permission model,
 * because it forbids the inspector.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface FunctionCoverage {
  readonly functionName: string
  readonly ranges: readonly { readonly count: number }[]
}

const folder = process.env.MEASURE_FOLDER ?? ''
const session = new Session()
session.connect()
session.post('Profiler.enable')
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
let looks = 0

process.on('SIGUSR2', () => {
  session.post('Profiler.takePreciseCoverage', (error, answer) => {
    if (error) throw error
    const ran = answer.result
      .filter(({ url, functions }) => url.startsWith('file:') && functions.some(hasRun))
      .map(({ url }) => fileURLToPath(url))
    looks += 1
    writeFileSync(join(folder, `${process.pid}-${looks}.json`), JSON.stringify([...new Set(ran)]))
  })
})

function hasRun({ ranges }: FunctionCoverage): boolean {
  return ranges.some(({ count }) => count > 0)
}

// a plugin process drops permissions after its start; without the permission model there are none
// to drop
Object.assign(process, { permission: { has: () => true, drop: () => {} } })

// the host starts plugin processes with this program, which runs the same Node with this probe
if (process.argv[1]?.endsWith('main.ts') === true) {
  mkdirSync(folder, { recursive: true })
  const program = join(folder, 'node.sh')
  const script = `#!/bin/sh
export MEASURE_FOLDER='${folder}'
for option do
  shift
  case "$option" in
    --permission | --allow-*) ;;
    *) set -- "$@" "$option" ;;
  esac
done
exec '${process.execPath}' --import '${import.meta.url}' "$@"
`
  writeFileSync(program, script)
  chmodSync(program, 0o755)
  process.execPath = program
}
