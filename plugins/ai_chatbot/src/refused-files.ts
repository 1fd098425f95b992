import { isPluggramError } from '@pluggram/sdk'
import type { ErrorCode, ModelFile } from '@pluggram/sdk'
import { fileNames } from './attachment-names.ts'
import { TEXTS } from './texts.ts'

interface WithFiles {
  readonly files: readonly ModelFile[]
  readonly unseen?: string | undefined
  readonly problem?: string | undefined
}

const CODES: ReadonlySet<ErrorCode> = new Set(['ai-file-refused', 'ai-refused', 'ai-too-long'])

/** Whether a question may have failed because of its files. */
export function mayBeAboutFiles({ files }: WithFiles, error: unknown): boolean {
  return files.length > 0 && isPluggramError(error) && CODES.has(error.code)
}

/** The same question without its files, and with words that say so. */
export function withoutFiles<Question extends WithFiles>(question: Question): Question {
  const names = fileNames(question.files)
  const unseen = [question.unseen, names].filter((name) => name !== undefined).join(' and ')
  return { ...question, files: [], unseen, problem: TEXTS.refused(names) }
}
