import { parseEnv } from 'node:util'
import { createProblem, type ConfigProblem } from './config-problem.ts'
import { hasColon, hasStrayQuote } from './correct-text.ts'
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
  const { lineOf, badLines, strayQuotes, withHash } = scanLines(content)
  const entries = Object.entries(values)
    .filter(([name]) => NAME.test(name) && name !== '__proto__')
    .map(([name, value]) => ({ name, value: withHash.get(name) ?? value ?? '', line: lineOf.get(name) ?? 1 }))
  const badOnes = badLines.slice(0, MOST_PROBLEMS).map(({ line, isColon }) =>
    createProblem({
      at: { file, line, column: 1 },
      path: '',
      severity: 'warning',
      expected: 'NAME=value, a comment after #, or an empty line',
      got: isColon
        ? 'a line with a colon in place of =; it is ignored'
        : 'a line that is none of these; it is ignored',
      fix: isColon ? 'write = in place of the colon' : 'correct or remove the line',
      correction: isColon ? { kind: 'colon-to-equals', line } : undefined,
    }),
  )
  const quoted = [...strayQuotes].slice(0, MOST_PROBLEMS).map(([name, line]) =>
    createProblem({
      at: { file, line, column: 1 },
      path: name,
      severity: 'warning',
      expected: 'a value without quotes, or in straight ones on both sides',
      got: 'a quote that belongs to the value',
      fix: 'remove the quote',
      correction: { kind: 'remove-quotes', line },
    }),
  )
  return { entries, problems: [...badOnes, ...quoted] }
}

interface ScannedLines {
  readonly lineOf: ReadonlyMap<string, number>
  readonly badLines: readonly { readonly line: number; readonly isColon: boolean }[]
  /** Lines whose value has a quote without a partner, by name. */
  readonly strayQuotes: ReadonlyMap<string, number>
  /** Values without quotes that have a `#` which begins no comment. */
  readonly withHash: ReadonlyMap<string, string>
}

function scanLines(content: string): ScannedLines {
  const lineOf = new Map<string, number>()
  const withHash = new Map<string, string>()
  const badLines: { line: number; isColon: boolean }[] = []
  const strayQuotes = new Map<string, number>()
  const lines = content.split('\n')
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string
    if (/^\s*(?:#|$)/.test(line)) continue
    const equals = line.indexOf('=')
    const name = line
      .slice(0, Math.max(0, equals))
      .trim()
      .replace(/^export\s+/, '')
    if (!NAME.test(name) || name === '__proto__') badLines.push({ line: index + 1, isColon: hasColon(line) })
    else lineOf.set(name, index + 1)
    const value = line.slice(equals + 1)
    const next = lines.slice(index + 1).find((other) => other.trim() !== '')
    if (NAME.test(name) && hasStrayQuote(value, next)) strayQuotes.set(name, index + 1)
    if (!/^\s*["'`]/.test(value)) {
      const uncut = value.replace(/(?:^|\s)#.*$/, '').trim()
      if (uncut.includes('#')) withHash.set(name, uncut)
      else withHash.delete(name)
    } else withHash.delete(name)
    if (equals !== -1) index = endOfValue(lines, index, value.trim())
  }
  return { lineOf, badLines, strayQuotes, withHash }
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
