import { KeyLock, replaceFile } from '@pluggram/base'
import { applyEdits, modify } from 'jsonc-parser'
import { createProblem, type ConfigProblem } from './config-problem.ts'
import { ConfigurationError } from './configuration-error.ts'
import type { JsonPath } from './json-value.ts'
import { errorCode } from './read-text-file.ts'

/** Changes of one file run one after the other, or the later would undo the earlier. */
const locks = new KeyLock()

/** Waits for the changes of a file that were begun before. */
export function inTurn<T>(file: string, work: () => Promise<T>): Promise<T> {
  return locks.run(file, work)
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

function cannotWrite(file: string, error: unknown): ConfigProblem {
  return createProblem({
    at: { file, line: 0, column: 0 },
    path: '',
    expected: 'a file that can be written',
    got: `the error ${errorCode(error)}`,
    fix: "let the assistant's user write to this folder",
  })
}
