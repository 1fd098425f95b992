import { chmod, copyFile, lstat, mkdir, readFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { replaceFile } from '@pluggram/base'
import { correctText } from '@pluggram/config'
import type { Correction } from '@pluggram/config'
import { closeAll } from '../private-data.ts'

/** What a repair will change. */
interface Change {
  /** The change as people see it, without secrets. */
  readonly diff: readonly string[]
  /** Makes the change, all of it or nothing. @returns how to undo it */
  apply(): Promise<string>
}

/** A safe change that puts one problem right. */
export interface Repair {
  /** Looks at the files as they are now. `undefined` when there is nothing to change any more. */
  plan(): Promise<Change | undefined>
}

/** Where files are kept as they were before a repair: private, and out of reach of git. */
const KEPT = 'before-fix'

/** Corrects the text of a file of the home. */
export function correctFile(home: string, file: string, correction: Correction): Repair {
  return {
    async plan() {
      const before = await readFile(file, 'utf8')
      const after = correctText(before, correction)
      if (after === undefined || after === before) return undefined
      const name = relative(home, file)
      return {
        diff: diffOf(name, before, after),
        async apply() {
          const kept = await keep(home, file)
          // somebody may have saved the file while the change was shown
          const now = correctText(await readFile(file, 'utf8'), correction)
          if (now !== undefined) await replaceFile(file, now)
          return `cp ${quoted(kept)} ${quoted(file)}`
        },
      }
    },
  }
}

/** Takes a file's rights from other accounts. */
export function closeFile(home: string, file: string): Repair {
  return {
    async plan() {
      const mode = (await lstat(file)).mode & 0o777
      const closed = mode & 0o700
      if (closed === mode) return undefined
      return {
        diff: [`${relative(home, file)}: mode ${octal(mode)} → ${octal(closed)}`],
        async apply() {
          await chmod(file, closed)
          return `chmod ${octal(mode)} ${quoted(file)}`
        },
      }
    },
  }
}

/** Takes the rights of a folder and of everything in it from other accounts. */
export function closeFolder(home: string, folder: string): Repair {
  return {
    async plan() {
      const mode = (await lstat(folder)).mode & 0o777
      if ((mode & 0o077) === 0) return undefined
      return {
        diff: [`${relative(home, folder)}/ and everything in it: for this account alone`],
        async apply() {
          await closeAll(folder)
          return `chmod ${octal(mode)} ${quoted(folder)}`
        },
      }
    },
  }
}

/** Keeps a copy of a file, readable for this account alone. @returns its path */
async function keep(home: string, file: string): Promise<string> {
  const time = new Date().toISOString().replaceAll(/[:.]/g, '-')
  const folder = join(home, 'data', KEPT, time)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const copy = join(folder, basename(file))
  await copyFile(file, copy)
  await chmod(copy, 0o600)
  return copy
}

/** The lines that change, as `diff` shows them; values of .env are hidden. */
function diffOf(name: string, before: string, after: string): string[] {
  const [old, changed] = [before.split(/\r?\n/), after.split(/\r?\n/)]
  const hide = name.endsWith('.env') ? hideValue : (line: string): string => line
  const lines = old.flatMap((line, index) => {
    const now = changed[index] ?? ''
    return line === now ? [] : [`@@ line ${index + 1} @@`, `- ${hide(line)}`, `+ ${hide(now)}`]
  })
  return [`--- ${name}`, ...lines]
}

/** Shows a line of .env without its value: the name, the separator, quotes at both ends. */
function hideValue(line: string): string {
  const [, start = '', value = ''] = /^(\s*(?:export\s+)?\w+\s*[=:]\s*)(.*)$/.exec(line) ?? []
  const text = value.replace(/\s#.*$/, '').trim()
  const [first = '', last = ''] = [text.at(0), text.length > 1 ? text.at(-1) : '']
  const quote = /["'`“”„‟«»‘’‚‛]/
  return `${start}${quote.test(first) ? first : ''}…${quote.test(last) ? last : ''}`
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0')
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`
}
