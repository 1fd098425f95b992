// Builds the console's pages where their builder is installed. An install without devDependencies keeps the pages that are
// there: a packed package brings them, and a clone that was built once has them.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const hasBuilder = existsSync(new URL('../node_modules/vite/package.json', import.meta.url))
if (hasBuilder) {
  const isWindows = process.platform === 'win32'
  const { status } = spawnSync('npm', ['run', '-s', 'build', '-w', '@pluggram/console'], {
    cwd: root,
    stdio: 'inherit',
    shell: isWindows,
  })
  process.exitCode = status ?? 1
}
