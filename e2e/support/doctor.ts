import { startProgram } from './program.ts'

/** A finding as `pluggram doctor --json` prints it. */
export interface DoctorFinding {
  readonly id: string
  readonly severity: 'ok' | 'skipped' | 'warning' | 'error'
  readonly message: string
  readonly what?: string
  readonly why?: string
  readonly fix: string
  readonly where?: string
  readonly since?: string
  readonly isFixable?: boolean
}

type Environment = Readonly<Record<string, string>>

/** Runs `pluggram doctor …` in a home. */
export async function doctor(
  home: string,
  args: readonly string[] = [],
  environment: Environment = {},
): Promise<{ readonly code: number | NodeJS.Signals; readonly output: string }> {
  const program = startProgram('apps/assistant/src/main.ts', ['doctor', ...args], {
    environment: { PLUGGRAM_HOME: home, ...environment },
  })
  return { code: await program.exited, output: program.output() }
}

/** What is wrong with a home: `id where` of each finding, in order of the alphabet. */
export async function diagnose(
  home: string,
  args: readonly string[] = [],
  environment: Environment = {},
): Promise<{
  readonly code: number | NodeJS.Signals
  readonly wrong: readonly string[]
  readonly findings: readonly DoctorFinding[]
  of(id: string): DoctorFinding
}> {
  const { code, output } = await doctor(home, [...args, '--json'], environment)
  const all = JSON.parse(output) as DoctorFinding[]
  const findings = all.filter(({ severity }) => severity === 'error' || severity === 'warning')
  return {
    code,
    findings,
    wrong: findings.map(({ id, where = '' }) => `${id} ${where.replace(/:\d+$/, '')}`.trim()).toSorted(),
    of(id) {
      const found = all.find((finding) => finding.id === id)
      if (!found) throw new Error(`no ${id} in ${output}`)
      return found
    },
  }
}
