import { findClosest } from '@pluggram/base'
import { FINDINGS } from '@pluggram/observability'
import type { Finding } from '@pluggram/observability'
import { Failure } from '@pluggram/sdk/runtime'
import { diagnose, isKnownId } from '../doctor/diagnose.ts'
import type { Diagnosis } from '../doctor/diagnose.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { fixAll } from './doctor-fixes.ts'
import { printJson } from './print-json.ts'
import { printable, styles } from './styles.ts'

export interface DoctorInput {
  readonly wanted: readonly string[]
  readonly isFixing: boolean
  readonly isConfirmed: boolean
  readonly isOffline: boolean
}

/** Says what is wrong; with `isFixing`, puts right what is safe. 1 when there are errors. */
export async function doctor(cli: CliEnvironment, input: DoctorInput): Promise<number> {
  for (const id of input.wanted) checkId(id)
  let diagnosis = await diagnose(cli, input)
  if (input.isFixing) {
    const look = (): Promise<Diagnosis> => diagnose(cli, input)
    const fixed = await fixAll(cli, diagnosis, { isConfirmed: input.isConfirmed, look })
    if (fixed === 'declined') return 1
    diagnosis = fixed
  }
  if (cli.isJson) printJson(cli, toJson(diagnosis))
  else printFindings(cli, diagnosis, input)
  return diagnosis.findings.some(({ severity }) => severity === 'error') ? 1 : 0
}

function checkId(id: string): void {
  const known = Object.keys(FINDINGS)
  const areas = [...new Set(known.map((name) => name.split('.')[0] ?? name))]
  if (isKnownId(id) || areas.includes(id)) return
  const closest = findClosest(id.split(':')[0] ?? id, [...known, ...areas])
  const meant = closest === undefined ? '' : ` (Did you mean "${closest}"?)`
  throw new Failure('usage', { subject: `There is no finding "${id}"${meant}` })
}

/** Everything that is wrong, then a line for each check that found nothing: scripts see what was looked at. */
function toJson({ findings, repairs, passed, skipped }: Diagnosis): object[] {
  const lines = (severity: string, names: readonly string[], message: (name: string) => string): object[] =>
    names.map((name) => ({
      id: `checked:${name.replaceAll(' ', '-')}`,
      severity,
      message: message(name),
      fix: '',
    }))
  return [
    ...findings.map((finding) => ({
      ...finding,
      message: `${finding.what} ${finding.why}`,
      isFixable: repairs.has(finding.id),
    })),
    ...lines('ok', passed, (name) => `Nothing is wrong with ${name}.`),
    ...lines('skipped', skipped, (name) => `Did not check ${name}: --offline.`),
  ]
}

function printFindings(
  cli: CliEnvironment,
  { findings, repairs, skipped }: Diagnosis,
  input: DoctorInput,
): void {
  const style = styles(process.stdout)
  const unasked = skipped.length === 0 ? '' : ` Not checked (--offline): ${skipped.join(', ')}.`
  if (findings.length === 0) return cli.print(`${style.good('No problems found.')}${unasked}`)
  const startedAt = Date.now() - performance.now()
  for (const finding of findings) {
    const { id, severity, what, why, where, fix, since } = finding
    const mark = severity === 'error' ? style.bad('error  ') : style.title('warning')
    cli.print(`${mark}  ${style.title(printable(what))}`)
    const line = (title: string, text: string): void =>
      text
        .split('\n')
        .map(printable)
        .forEach((part, index) => cli.print(`  ${(index === 0 ? title : '').padEnd(5)}  ${part}`))
    line('why', why)
    if (where !== undefined) line('where', where)
    line('fix', repairs.has(id) ? `${fix} (or: pluggram doctor --fix)` : fix)
    // what this command found itself is as old as the command
    if (Date.parse(since) < startedAt - 1_000) line('since', since)
    cli.print(`  ${style.faint(printable(id))}\n`)
  }
  cli.print(`${summary(findings)}.${advice(findings, repairs.size, input)}${unasked}`)
}

/** `2 errors, 1 warning` */
function summary(findings: readonly Pick<Finding, 'severity'>[]): string {
  const count = (severity: Finding['severity']): string[] => {
    const number = findings.filter((finding) => finding.severity === severity).length
    return number === 0 ? [] : [`${number} ${severity}${number === 1 ? '' : 's'}`]
  }
  return [...count('error'), ...count('warning')].join(', ')
}

function advice(findings: readonly Finding[], fixable: number, { isFixing }: DoctorInput): string {
  if (isFixing) return ' What is left needs you.'
  if (fixable === 0) return ''
  const what = fixable === findings.length ? 'them' : `${fixable} of them`
  return ` "pluggram doctor --fix" shows what it would change to put ${findings.length === 1 ? 'it' : what} right.`
}
