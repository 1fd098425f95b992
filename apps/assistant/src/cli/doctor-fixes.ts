import { createInterface } from 'node:readline/promises'
import { errorMessage } from '@pluggram/sdk'
import type { Diagnosis } from '../doctor/diagnose.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { printable, styles } from './styles.ts'

/** A change may uncover the next mistake, such as a second one in a file; more rounds would be a loop. */
const MOST_ROUNDS = 5

interface FixOptions {
  readonly isConfirmed: boolean
  /** Looks again. */
  look(): Promise<Diagnosis>
}

/**
 * Shows each safe change, makes it once it is confirmed, and looks again.
 * @returns what is left; `declined` when nothing may be changed because nobody can be asked
 */
export async function fixAll(
  cli: CliEnvironment,
  first: Diagnosis,
  { isConfirmed, look }: FixOptions,
): Promise<Diagnosis | 'declined'> {
  // JSON goes to programs alone
  const say = cli.isJson ? cli.printError : cli.print
  const mayAsk = process.stdin.isTTY === true && !cli.isJson
  const refused = new Set<string>()
  let diagnosis = first
  let isChanged = false
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    let changes = 0
    for (const [id, repair] of diagnosis.repairs) {
      if (refused.has(id)) continue
      try {
        const change = await repair.plan()
        if (!change) continue
        say(
          `${printable(findingOf(diagnosis, id))}\n${change.diff.map((line) => `  ${coloured(printable(diagnosis.hide(line)))}`).join('\n')}`,
        )
        if (!isConfirmed && !(mayAsk && (await isYes('  Make this change?')))) {
          refused.add(id)
          continue
        }
        const undo = await change.apply()
        changes += 1
        say(`  Done. To undo it: ${undo}\n`)
      } catch (error) {
        refused.add(id)
        say(`  It could not be changed: ${errorMessage(error)}\n`)
      }
    }
    if (changes === 0) break
    isChanged = true
    diagnosis = await look()
  }
  if (refused.size > 0 && !isConfirmed && !mayAsk && !isChanged) {
    say('\nNothing was changed. Run again with --yes to make these changes.')
    return 'declined'
  }
  if (!isChanged && refused.size === 0) say('There is nothing that can be put right safely.')
  return diagnosis
}

function findingOf({ findings }: Diagnosis, id: string): string {
  return findings.find((finding) => finding.id === id)?.what ?? id
}

function coloured(line: string): string {
  const style = styles(process.stdout)
  if (line.startsWith('- ')) return style.bad(line)
  return line.startsWith('+ ') ? style.good(line) : line
}

async function isYes(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return /^y(?:es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}
