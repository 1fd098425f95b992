import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A program of the project, started as a person would start it. */
export interface Program {
  readonly pid: number
  /** Its output so far, both streams. */
  output(): string
  /** Waits until the output matches and returns the match. */
  waitFor(pattern: RegExp, milliseconds?: number): Promise<RegExpExecArray>
  /** Closes our ends of its output, like a reader that went away. */
  closeOutput(): void
  /** Resolves with the exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>
  /** Sends the signal and waits until the program has ended. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>
}

const running = new Set<ChildProcess>()

/** Starts a file with this Node and only the given environment. */
export function startProgram(
  file: string,
  args: readonly string[],
  options: { cwd?: string; environment?: Readonly<Record<string, string>> } = {},
): Program {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let output = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      for (const listener of listeners) listener()
    })
  }
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child)
      resolve(signal ?? code ?? 0)
      for (const listener of listeners) listener()
    })
  })

  return {
    pid: child.pid ?? 0,
    output: () => output,
    exited,
    waitFor: (pattern, milliseconds = 60_000) =>
      new Promise((resolve, reject) => {
        const finish = (act: () => void): void => {
          clearTimeout(timer)
          listeners.delete(look)
          act()
        }
        const look = (): void => {
          const match = pattern.exec(output)
          if (match) finish(() => resolve(match))
          else if (!running.has(child))
            finish(() => reject(new Error(`ended without printing ${pattern}:\n${output}`)))
        }
        const timer = setTimeout(
          () =>
            finish(() => reject(new Error(`did not print ${pattern} within ${milliseconds} ms:\n${output}`))),
          milliseconds,
        )
        listeners.add(look)
        look()
      }),
    closeOutput() {
      child.stdout.destroy()
      child.stderr.destroy()
    },
    async stop(signal = 'SIGTERM') {
      if (running.has(child)) child.kill(signal)
      return exited
    },
  }
}

/** Stops whatever a test left running. */
export async function stopAllPrograms(): Promise<void> {
  await Promise.all(
    [...running].map(
      (child) =>
        new Promise<void>((resolve) => {
          child.once('close', () => resolve())
          child.kill('SIGKILL')
        }),
    ),
  )
}
