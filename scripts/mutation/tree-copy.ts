import { spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { Fault, TestRun } from './fault.ts'

const PARTS = [
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'packages',
  'apps',
  'plugins',
  'scripts',
  'e2e',
  'docs',
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
]
/** Everything else is linked. Our own packages must be found in the copy instead. */
const NOT_LINKED = new Set(['@pluggram', '.vite', '.vite-temp', '.vitest-cache'])

/** Programs that have just ended may still write. */
const REMOVING = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }

/**
 * Process ids of the runs. They have their own process groups, so our interrupt does not reach
 * them.
 */
const running = new Set<number>()
process.once('exit', () => {
  for (const pid of running) endGroup(pid)
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** A copy of the tree, in which faults are planted. */
export interface TreeCopy {
  /** Runs test files with a fault in place, then restores the file. */
  tryFault(fault: Fault, tests: readonly string[], limitMs: number): Promise<TestRun>
  /** Runs test files on the unchanged code. */
  runTests(tests: readonly string[], limitMs: number): Promise<TestRun>
  remove(): void
}

/** Copies what tests need; installed packages are linked. */
export function createTreeCopy(root: string): TreeCopy {
  const folder = mkdtempSync(join(tmpdir(), 'pluggram-mutation-'))
  // servers that tests start run as their own users, and need access
  chmodSync(folder, 0o755)
  process.once('exit', () => rmSync(folder, REMOVING))
  for (const part of PARTS) {
    cpSync(join(root, part), join(folder, part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !/\/node_modules(?:\/|$)/.test(source.slice(root.length)),
    })
  }
  linkInstalled(root, folder)
  // files left by an aborted test are removed with the copy
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  const report = join(temporary, 'report.json')
  const original = new Map<string, string>()

  async function runTests(tests: readonly string[], limitMs: number): Promise<TestRun> {
    if (tests.length === 0) return { outcome: 'survived' }
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const args = [
      'run',
      '--project=unit*',
      '--bail=1',
      '--maxWorkers=1',
      '--reporter=json',
      `--outputFile=${report}`,
      ...tests,
    ]
    rmSync(report, { force: true })
    const child = spawn(process.execPath, [vitest, ...args], {
      cwd: folder,
      env: { ...process.env, TMPDIR: temporary },
      stdio: 'ignore',
      detached: true,
    })
    const { pid = 0 } = child
    running.add(pid)
    return new Promise((resolve) => {
      let isLate = false
      const timer = setTimeout(() => {
        isLate = true
        endGroup(pid)
      }, limitMs)
      child.once('close', (code) => {
        clearTimeout(timer)
        endGroup(pid)
        running.delete(pid)
        if (isLate) resolve({ outcome: 'timed out' })
        else if (code === 0) resolve({ outcome: 'survived' })
        else resolve({ outcome: 'killed', ...failedIn(report, folder) })
      })
    })
  }

  return {
    runTests,
    async tryFault({ file, start, end, replacement }, tests, limitMs) {
      const path = join(folder, file)
      const text = original.get(file) ?? readFileSync(path, 'utf8')
      original.set(file, text)
      writeFileSync(path, text.slice(0, start) + replacement + text.slice(end))
      try {
        return await runTests(tests, limitMs)
      } finally {
        writeFileSync(path, text)
      }
    },
    remove: () => rmSync(folder, REMOVING),
  }
}

function linkInstalled(root: string, folder: string): void {
  for (const place of [
    '.',
    ...globSync('{packages,apps,plugins}/*/node_modules', { cwd: root }).map(dirname),
  ]) {
    const from = join(root, place, 'node_modules')
    const to = join(folder, place, 'node_modules')
    mkdirSync(to, { recursive: true })
    for (const name of readdirSync(from))
      if (!NOT_LINKED.has(name)) symlinkSync(join(from, name), join(to, name))
  }
  const scope = join(folder, 'node_modules/@pluggram')
  mkdirSync(scope)
  for (const path of globSync('{packages,apps,plugins}/*/package.json', { cwd: folder })) {
    const { name } = JSON.parse(readFileSync(join(folder, path), 'utf8')) as { name: string }
    if (name.startsWith('@pluggram/')) symlinkSync(join(folder, dirname(path)), join(scope, name.slice(10)))
  }
}

/** The first test file that failed; none if the run ended before it could report. */
function failedIn(report: string, folder: string): { failed?: string } {
  if (!existsSync(report)) return {}
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: { name: string; status: string }[]
  }
  const failed = testResults.find(({ status }) => status === 'failed')
  return failed ? { failed: relative(folder, failed.name) } : {}
}

/** Kills the run and everything that its tests started. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // the whole group has already ended
  }
}
