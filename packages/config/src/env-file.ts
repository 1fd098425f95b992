import { parseEnv } from 'node:util'
import { createProblem, type ConfigProblem } from './config-problem.ts'
import { readTextFile } from './read-text-file.ts'

/** One variable of `.env`. */
export interface EnvFileEntry {
  readonly name: string
  readonly value: string
  readonly line: number
}

export interface EnvFile {
  readonly entries: readonly EnvFileEntry[]
  readonly problems: readonly ConfigProblem[]
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const MOST_PROBLEMS = 20

/** Reads `.env`. A missing file counts as empty. */
export async function readEnvFile(file: string): Promise<EnvFile> {
  const { text, problem } = await readTextFile(file)
  if (text === undefined) return { entries: [], problems: problem === undefined ? [] : [problem] }
  return parseEnvFile(file, text)
}

/**
 * Node's parser provides the values. A separate scan provides the positions and finds lines that
 * Node would skip. A `#` without a blank before it belongs to the value, as in a password; Node's
 * parser would cut the value there.
 */
export function parseEnvFile(file: string, text: string): EnvFile {
  const content = text.replace(/\r\n?/g, '\n')
  const values = parseEnv(content)
  const { lineOf, badLines, withHash } = scanLines(content)
  const entries = Object.entries(values)
    .filter(([name]) => NAME.test(name) && name !== '__proto__')
    .map(([name, value]) => ({ name, value: withHash.get(name) ?? value ?? '', line: lineOf.get(name) ?? 1 }))
  const problems = badLines.slice(0, MOST_PROBLEMS).map((line) =>
    createProblem({
      at: { file, line, column: 1 },
      path: '',
      severity: 'warning',
      expected: 'NAME=value, a comment after #, or an empty line',
      got: 'a line that is none of these; it is ignored',
      fix: 'correct or remove the line',
    }),
  )
  return { entries, problems }
}

interface ScannedLines {
  readonly lineOf: ReadonlyMap<string, number>
  readonly badLines: readonly number[]
  /** Values without quotes that have a `#` which begins no comment. */
  readonly withHash: ReadonlyMap<string, string>
}

function scanLines(content: string): ScannedLines {
  const lineOf = new Map<string, number>()
  const withHash = new Map<string, string>()
  const badLines: number[] = []
  const lines = content.split('\n')
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string
    if (/^\s*(?:#|$)/.test(line)) continue
    const equals = line.indexOf('=')
    const name = line
      .slice(0, Math.max(0, equals))
      .trim()
      .replace(/^export\s+/, '')
    if (!NAME.test(name) || name === '__proto__') badLines.push(index + 1)
    else lineOf.set(name, index + 1)
    const value = line.slice(equals + 1)
    if (!/^\s*["'`]/.test(value)) {
      const uncut = value.replace(/(?:^|\s)#.*$/, '').trim()
      if (uncut.includes('#')) withHash.set(name, uncut)
      else withHash.delete(name)
    } else withHash.delete(name)
    if (equals !== -1) index = endOfValue(lines, index, value.trim())
  }
  return { lineOf, badLines, withHash }
}

/** The index of the line on which a value ends; a quoted value may span several lines. */
function endOfValue(lines: readonly string[], start: number, value: string): number {
  const quote = value.charAt(0)
  if (!`"'\``.includes(quote) || quote === '' || value.includes(quote, 1)) return start
  for (let index = start + 1; index < lines.length; index++) {
    if ((lines[index] as string).includes(quote)) return index
  }
  return start
}
