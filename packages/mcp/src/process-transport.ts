import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/client'
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client'
import { dieFirst } from '@pluggram/base'
import { endGroup, tieToAssistant } from './process-group.ts'

export interface ProcessTransportOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly workingDirectory: string
  /** Called with each line the program prints outside the protocol. */
  onOutput(line: string): void
}

/** A larger message ends the connection. */
const MAX_MESSAGE_BYTES = 8 * 1_048_576
/** Limit of buffered messages that the program has not read. Beyond it, the program is killed. */
const MAX_BACKLOG_BYTES = 16 * 1_048_576
/** Time for a program to exit by itself, and again after it was asked to. */
const PATIENCE_MS = 500
const MAX_LINE = 2_000
const INHERITED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'LOGNAME', 'USER', 'SHELL', 'TERM', 'TMPDIR', 'TZ']
const INHERITED_ON_WINDOWS = ['APPDATA', 'LOCALAPPDATA', 'PATHEXT', 'SYSTEMROOT', 'TEMP', 'USERPROFILE']

/**
 * Connects to a server over its standard input and output. The program leads its own process group,
 * so that its child processes can be killed with it, and a Ctrl-C in the terminal reaches only the
 * assistant.
 */
export class ProcessTransport implements Transport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: JSONRPCMessage) => void
  readonly #options: ProcessTransportOptions
  readonly #buffer = new ReadBuffer({ maxBufferSize: MAX_MESSAGE_BYTES })
  #child: ChildProcessWithoutNullStreams | undefined
  #closed: Promise<void> | undefined

  constructor(options: ProcessTransportOptions) {
    this.#options = options
  }

  start(): Promise<void> {
    const { command, args, env, workingDirectory } = this.#options
    const child = spawn(command, args, {
      cwd: workingDirectory,
      env: { ...inherited(), ...env },
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
    this.#child = child
    tieToAssistant(child)
    if (child.pid !== undefined) dieFirst(child.pid)
    child.stdout.on('data', (chunk: Buffer) => this.#read(chunk))
    child.stderr.on('data', (chunk: Buffer) => this.#print(chunk))
    // pipes break when the program exits; the exit itself is reported instead
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {})
    child.once('exit', (code, signal) => {
      // no error if we closed it
      if (!this.#closed) this.onerror?.(new Error(`it ended (${signal ?? `exit code ${code}`})`))
      void this.close()
    })
    return new Promise((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', (error: NodeJS.ErrnoException) => {
        reject(
          new Error(
            error.code === 'ENOENT'
              ? `the command ${command} is not there`
              : `it cannot be started (${error.code})`,
          ),
        )
      })
    })
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#child?.stdin
    if (!stdin || this.#closed) throw new Error('it has ended')
    if (stdin.writableLength > MAX_BACKLOG_BYTES) {
      void this.close()
      throw new Error('it does not read what it is sent')
    }
    stdin.write(serializeMessage(message))
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#end())
  }

  async #end(): Promise<void> {
    const child = this.#child
    this.#buffer.clear()
    if (child?.pid !== undefined) {
      child.stdin.end()
      await endGroup(child, PATIENCE_MS)
    }
    this.onclose?.()
  }

  #read(chunk: Buffer): void {
    if (this.#closed) return
    try {
      this.#buffer.append(chunk)
    } catch {
      this.onerror?.(new Error(`it sent a message of more than ${MAX_MESSAGE_BYTES / 1_048_576} MB`))
      void this.close()
      return
    }
    for (;;) {
      try {
        const message = this.#buffer.readMessage()
        if (message === null) return
        this.onmessage?.(message)
      } catch {
        // skip a line that is not a message, such as a greeting
        this.#options.onOutput('a line on standard output that is no message of the protocol')
      }
    }
  }

  #print(chunk: Buffer): void {
    for (const line of chunk.toString().split('\n')) {
      if (line.trim() !== '') this.#options.onOutput(line.slice(0, MAX_LINE).toWellFormed())
    }
  }
}

function inherited(): Record<string, string> {
  const names = process.platform === 'win32' ? [...INHERITED, ...INHERITED_ON_WINDOWS] : INHERITED
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
