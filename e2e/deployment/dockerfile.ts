import { readFileSync } from 'node:fs'

/** One line of a Dockerfile, its continuations included. */
export interface DockerStep {
  readonly instruction: string
  readonly rest: string
}

export interface DockerStage {
  readonly name: string
  readonly base: string
  readonly steps: readonly DockerStep[]
}

/** Reads a Dockerfile that uses no variables and no here-documents, as ours. */
export function readDockerfile(file: string): readonly DockerStage[] {
  const text = readFileSync(file, 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
  const stages: { name: string; base: string; steps: DockerStep[] }[] = []
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const [, instruction = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
    if (instruction === '') throw new Error(`no instruction: ${line}`)
    if (instruction === 'FROM') {
      const [, base = '', name = ''] = /^(\S+) AS (\S+)$/.exec(rest) ?? []
      stages.push({ name, base, steps: [] })
    } else stages.at(-1)?.steps.push({ instruction, rest })
  }
  return stages
}

/** The steps of a stage with that instruction. */
export function stepsOf(stage: DockerStage, instruction: string): readonly string[] {
  return stage.steps.filter((step) => step.instruction === instruction).map(({ rest }) => rest)
}

/** The command of `ENTRYPOINT`, `CMD` or, after its options, `HEALTHCHECK`, written as a list. */
export function commandOf(stage: DockerStage, instruction: string): readonly string[] {
  const [rest = ''] = stepsOf(stage, instruction)
  return JSON.parse(rest.slice(rest.indexOf('['))) as string[]
}

/** What `ENV` sets. */
export function environmentOf(stage: DockerStage): Readonly<Record<string, string>> {
  const pairs = stepsOf(stage, 'ENV').flatMap((rest) => rest.split(' '))
  return Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string]))
}

/**
 * Whether Docker would see a file, by a .dockerignore: the last pattern that fits it or a folder
 * above it decides.
 */
export function createIgnore(text: string): (path: string) => boolean {
  const patterns = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const isExcept = line.startsWith('!')
      const glob = line.slice(isExcept ? 1 : 0)
      const source = glob
        .replaceAll('.', '\\.')
        .replaceAll(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:.*/)?'))
      return { isExcept, pattern: new RegExp(`^${source}(?:/|$)`) }
    })
  return (path) => patterns.findLast(({ pattern }) => pattern.test(path))?.isExcept ?? true
}
