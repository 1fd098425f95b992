import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { formatProblem } from '@pluggram/config'
import { formatProblem as formatPluginProblem } from '@pluggram/host'
import { PluggramError, z } from '@pluggram/sdk'
import { SCHEMA_VERSION } from '@pluggram/storage'
import type { CliEnvironment } from '../cli/cli-environment.ts'
import { readVersion } from '../cli/read-version.ts'
import { isSwitchedOn } from '../plugins.ts'
import { readHome } from '../read-home.ts'
import type { Release } from './release.ts'
import { isWithinRange } from './version-range.ts'

const LIMIT_MS = 60_000

const reportSchema = z.object({
  version: z.string(),
  schemaVersion: z.int(),
  isUsable: z.boolean(),
  problems: z.array(z.string()),
  unfitPlugins: z.array(z.string()),
})

/** What a release says of a home: each release knows its own settings, and the database it reads. */
export type ReleaseReport = z.infer<typeof reportSchema>

/** What this release says of a home. */
export async function reportOn(cli: CliEnvironment): Promise<ReleaseReport> {
  const { configuration, found, configProblems } = await readHome(cli)
  const version = readVersion()
  const own = found.candidates.filter(
    ({ name, origin }) => origin !== 'shipped' && isSwitchedOn(configuration, name),
  )
  const unfit = await Promise.all(own.map(({ name, entry }) => unfitness(name, entry, version)))
  return {
    version,
    schemaVersion: SCHEMA_VERSION,
    isUsable: configuration.isUsable,
    problems: [
      ...configProblems.map((problem) => formatProblem(problem, configuration)),
      ...found.problems.map(formatPluginProblem),
    ],
    unfitPlugins: unfit.filter((line) => line !== undefined),
  }
}

const packageSchema = z.object({
  engines: z.object({ pluggram: z.string().optional() }).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
})

/** Why a plugin does not fit a version, by what its package.json asks for. */
async function unfitness(name: string, entry: string, version: string): Promise<string | undefined> {
  const file = join(dirname(entry), 'package.json')
  const text = await readFile(file, 'utf8').catch(() => '{}')
  const { data } = packageSchema.safeParse(parse(text))
  const ranges = [
    data?.engines?.pluggram,
    data?.peerDependencies?.['@pluggram/sdk'],
    data?.peerDependencies?.['pluggram'],
  ]
  const wanted = ranges.find((range) => range !== undefined && isWithinRange(version, range) === false)
  return wanted && `The plugin ${name} is made for Pluggram ${wanted} (${file}), not for ${version}.`
}

/** Asks another release what it says of a home. @throws PluggramError when it cannot even tell that */
export async function askRelease(cli: CliEnvironment, release: Release): Promise<ReleaseReport> {
  const child = spawn(process.execPath, [release.program, 'upgrade', '--report'], {
    env: { ...cli.environment, PLUGGRAM_HOME: cli.home, PLUGGRAM_RELEASE: 'own' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  })
  let [said, complained] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text))
  await new Promise<void>((done, fail) => child.once('error', fail).once('close', () => done()))
  const { data } = reportSchema.safeParse(parse(said))
  if (data) return data
  const lines = complained.split('\n').filter((line) => line.trim() !== '')
  const why = lines.find((line) => /error/i.test(line) && !/^\s*at /.test(line)) ?? lines.at(-1)
  throw new PluggramError(
    'command-failed',
    `The release ${release.version} cannot be used here, so nothing was changed. It says: ${why ?? 'nothing'}`,
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
