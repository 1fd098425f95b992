import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from '@pluggram/sdk'

const NO_BUILDER =
  'The pages are not built, and what builds them is not installed. Run "npm ci" once without --omit=dev.'

/** The console's built pages. */
export interface ConsolePages {
  /** The folder with index.html and assets/. */
  readonly directory: string
  /** Waits for the build, if needed. Returns the reason if there are no pages. */
  whenReady(): Promise<string | undefined>
  close(): void
}

/**
 * Pages are built when the packages are installed. If install scripts are disabled, the first start
 * builds them in the background.
 */
export function findConsolePages(logger: Logger): ConsolePages {
  const root = dirname(fileURLToPath(import.meta.resolve('@pluggram/console')))
  const directory = join(root, 'dist')
  if (existsSync(join(directory, 'index.html'))) {
    return { directory, whenReady: async () => undefined, close() {} }
  }
  logger.info('building the pages (only at the first start)')
  const build = startBuild(root)
  void build.done.then((problem) => problem && logger.error(problem))
  return { directory, whenReady: () => build.done, close: build.stop }
}

function startBuild(root: string): { done: Promise<string | undefined>; stop: () => void } {
  const vite = findBuilder(root)
  if (vite === undefined) return { done: Promise.resolve(NO_BUILDER), stop() {} }
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'error'], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk).slice(0, 4_000)))
  const done = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(`The pages could not be built: ${error.message}`))
    child.once('close', (code) =>
      resolve(
        code === 0
          ? undefined
          : `The pages could not be built: ${summary(errors) || `exit code ${code}`}. Run "npm run prepare" to see more.`,
      ),
    )
  })
  return { done, stop: () => void child.kill() }
}

/** The build tool, if devDependencies are installed. */
function findBuilder(root: string): string | undefined {
  try {
    return join(
      dirname(createRequire(join(root, 'package.json')).resolve('vite/package.json')),
      'bin/vite.js',
    )
  } catch {
    return undefined
  }
}

/** The first lines of the build's error output, without the stack. */
function summary(errors: string): string {
  const lines = errors.split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line))
  return lines.slice(0, 4).join(' ')
}
