import { createProblem, type ConfigProblem } from './config-problem.ts'
import { describeValue } from './describe-value.ts'
import { isJsonObject, type JsonObject } from './json-value.ts'
import { parseJsonDocument, type JsonDocument } from './parse-json-document.ts'
import { readTextFile } from './read-text-file.ts'

/**
 * A JSON file whose root is an object. If `document` and `problems` are absent, the file does not
 * exist.
 */
export interface JsonObjectFile {
  readonly document?: JsonDocument
  readonly value: JsonObject
  readonly text?: string
  readonly hasByteOrderMark: boolean
  readonly problems: readonly ConfigProblem[]
}

/** Reads and parses a file. Problems are reported, not thrown. */
export async function readJsonObjectFile(file: string): Promise<JsonObjectFile> {
  const { text, problem, hasByteOrderMark = false } = await readTextFile(file)
  if (text === undefined)
    return { value: {}, hasByteOrderMark, problems: problem === undefined ? [] : [problem] }
  const { document, problems } = parseJsonDocument(file, text)
  if (document === undefined) return { value: {}, text, hasByteOrderMark, problems }
  if (isJsonObject(document.value)) {
    return { document, value: document.value, text, hasByteOrderMark, problems }
  }
  const notAnObject = createProblem({
    at: document.locateValue([]),
    path: '',
    expected: 'an object',
    got: describeValue(document.value, true),
    fix: 'put { … } around the settings',
  })
  return { value: {}, text, hasByteOrderMark, problems: [notAnObject] }
}
