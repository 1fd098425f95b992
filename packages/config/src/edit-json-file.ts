import { KeyLock, replaceFile } from '@pluggram/base'
import { createProblem, type ConfigProblem } from './config-problem.ts'
import { ConfigurationError } from './configuration-error.ts'
import { editJson } from './edit-json.ts'
import { errorCode } from './read-text-file.ts'

/** Edits of a file are serialised; otherwise one could overwrite another. */
const locks = new KeyLock()

/** Runs `work` after all earlier edits of the file. */
export function inTurn<T>(file: string, work: () => Promise<T>): Promise<T> {
  return locks.run(file, work)
}

export interface JsonEdit {
  readonly file: string
  /** The file as it was read; it does not exist yet if there is no text. */
  readonly source: { readonly text?: string | undefined; readonly hasByteOrderMark: boolean }
  readonly at: readonly string[]
  /** `undefined` removes the key. */
  readonly value: unknown
}

/**
 * Changes one value in a JSON file, keeping everything else as written. The write is atomic: a
 * reader sees the old or the new file.
 * @throws {ConfigurationError} when the file cannot be written
 */
export async function editJsonFile(home: string, { file, source, at, value }: JsonEdit): Promise<void> {
  const text = source.text ?? '{}\n'
  try {
    await replaceFile(file, (source.hasByteOrderMark ? '\uFEFF' : '') + editJson(text, at, value))
  } catch (error) {
    throw new ConfigurationError([cannotWrite(file, error)], home)
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
