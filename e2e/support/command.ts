import { startProgram } from './program.ts'

export interface EndedCommand {
  readonly code: number | NodeJS.Signals
  readonly output: string
}

/** Runs `pluggram …` in a home, as its owner would in another terminal. */
export async function runCommand(home: string, ...args: string[]): Promise<EndedCommand> {
  const program = startProgram('apps/assistant/src/main.ts', args, { environment: { PLUGGRAM_HOME: home } })
  return { code: await program.exited, output: program.output() }
}

/** Grants plugins what they ask for. */
export async function grant(home: string, ...plugins: string[]): Promise<void> {
  for (const plugin of plugins) {
    const { code, output } = await runCommand(home, 'plugins', 'grant', plugin, '--yes')
    if (code !== 0) throw new Error(output)
  }
}
