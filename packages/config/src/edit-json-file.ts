import { randomUUID } from 'node:crypto'
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { applyEdits, modify } from 'jsonc-parser'
import { createProblem, type ConfigProblem } from './config-problem.ts'
import { ConfigurationError } from './configuration-error.ts'
import type { JsonPath } from './json-value.ts'
import { errorCode } from './read-text-file.ts'

/** Changes of one file run one after the other, or the later would undo the earlier. */
const queues = new Map<string, Promise<void>>()

/** Waits for the changes of a file that were begun before. */
export async function inTurn<T>(file: string, work: () => Promise<T>): Promise<T> {
  const change = (queues.get(file) ?? Promise.resolve()).then(work)
  const settled = change.then(
    () => undefined,
    () => undefined,
  )
  queues.set(file, settled)
  try {
    return await change
  } finally {
    if (queues.get(file) === settled) queues.delete(file)
  }
}

export interface JsonEdit {
  readonly file: string
  /** The file as it was read; without a text there is none yet. */
  readonly source: { readonly text?: string | undefined; readonly hasByteOrderMark: boolean }
  readonly at: JsonPath
  /** `undefined` removes the key. */
  readonly value: unknown
}

/**
 * Changes one value of a JSON file: everything else in it stays as people wrote it, and a reader sees the old file or the
 * new one, never half of it.
 * @throws {ConfigurationError} when the file cannot be written
 */
export async function editJsonFile(home: string, { file, source, at, value }: JsonEdit): Promise<void> {
  const text = source.text ?? '{}\n'
  const edits = modify(text, [...at], value, { formattingOptions: formattingOf(text) })
  try {
    await replaceFile(file, (source.hasByteOrderMark ? '\uFEFF' : '') + applyEdits(text, edits))
  } catch (error) {
    throw new ConfigurationError([cannotWrite(file, error)], home)
  }
}

function formattingOf(text: string): { insertSpaces: boolean; tabSize: number; eol: string } {
  const indentation = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  '
  const eol = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n'
  return { insertSpaces: !indentation.startsWith('\t'), tabSize: Math.min(indentation.length, 8), eol }
}

/** Writes beside the file and renames over it; a link keeps pointing at its (new) target. */
async function replaceFile(file: string, text: string): Promise<void> {
  const target = await realpath(file).catch(() => file)
  const mode = await stat(target).then(
    (status) => status.mode & 0o777,
    () => 0o644,
  )
  const temporary = `${target}.${randomUUID()}.tmp`
  try {
    const handle = await open(temporary, 'wx', mode)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

function cannotWrite(file: string, error: unknown): ConfigProblem {
  return createProblem({
    at: { file, line: 0, column: 0 },
    path: '',
    expected: 'a file that can be written',
    got: `the error ${errorCode(error)}`,
    fix: "let the assistant's user write to this folder",
  })
}
