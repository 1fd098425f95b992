import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT, startProgram } from './program.ts'

export interface EndedCommand {
  readonly code: number | NodeJS.Signals
  readonly output: string
}

/** Runs `pluggram …` in a home, as its owner would in another terminal. */
export async function runCommand(home: string, ...args: string[]): Promise<EndedCommand> {
  const program = startProgram('apps/assistant/src/main.ts', args, { environment: { PLUGGRAM_HOME: home } })
  return { code: await program.exited, output: program.output() }
}

const NOBODY = 65_534

/** The account for what an ordinary user meets: this one, or nobody's when this is root's. */
export const ordinaryUser = process.getuid?.() === 0 ? NOBODY : undefined

/** Why a command cannot be run as an ordinary user on this machine; `undefined` if it can. */
export function ordinaryUserProblem(): string | undefined {
  if (process.platform === 'win32') return 'Windows has other rights'
  const { status } = spawnSync(process.execPath, [join(ROOT, 'apps/assistant/src/main.ts'), '--version'], {
    cwd: ROOT,
    ...(ordinaryUser !== undefined && { uid: ordinaryUser, gid: ordinaryUser }),
  })
  return status === 0 ? undefined : 'other accounts cannot read this checkout'
}

/** Runs `pluggram …` as an ordinary user, with standard output and standard error apart. */
export function runAsOrdinaryUser(
  home: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { readonly code: number | null; readonly output: string; readonly errors: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'apps/assistant/src/main.ts'), ...args],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: tmpdir(), PLUGGRAM_HOME: home, PORT: '0', ...environment },
      ...(ordinaryUser !== undefined && { uid: ordinaryUser, gid: ordinaryUser }),
    },
  )
  return { code: status, output: stdout, errors: stderr }
}

/** Grants plugins what they ask for. */
export async function grant(home: string, ...plugins: string[]): Promise<void> {
  for (const plugin of plugins) {
    const { code, output } = await runCommand(home, 'plugins', 'grant', plugin, '--yes')
    if (code !== 0) throw new Error(output)
  }
}
