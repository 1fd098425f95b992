import { installProxies } from '@pluggram/host'
import { createSecretMask, Findings, findingRow } from '@pluggram/observability'
import type { Finding, FindingSource } from '@pluggram/observability'
import { errorMessage, z } from '@pluggram/sdk'
import { askIfRunning, isHomeFree } from '../cli/ask-running.ts'
import type { CliEnvironment } from '../cli/cli-environment.ts'
import { readHome } from '../read-home.ts'
import { backupsCheck } from './check-backups.ts'
import { configurationCheck } from './check-configuration.ts'
import { accessCheck, exposureCheck } from './check-exposure.ts'
import { doorCheck, rightsCheck, writableCheck } from './check-files.ts'
import { machineCheck } from './check-machine.ts'
import { modelsCheck } from './check-models.ts'
import { clockCheck, networkCheck, serversOf } from './check-network.ts'
import { databaseCheck, diskCheck } from './check-storage.ts'
import { telegramCheck } from './check-telegram.ts'
import type { DoctorCheck, ExaminedHome } from './examined-home.ts'
import { problem } from './problem.ts'
import type { Problem } from './problem.ts'
import { examineReach } from './reach.ts'
import type { Repair } from './repair.ts'

/** Every check, each of another concern. Those that ask other machines run side by side with the rest. */
const CHECKS: readonly DoctorCheck[] = [
  writableCheck,
  doorCheck,
  rightsCheck,
  exposureCheck,
  accessCheck,
  machineCheck,
  backupsCheck,
  networkCheck,
  clockCheck,
  telegramCheck,
  modelsCheck,
  configurationCheck,
  diskCheck,
  databaseCheck,
]

/** What a doctor found. */
export interface Diagnosis {
  /** Errors first. */
  readonly findings: readonly Finding[]
  /** Safe changes, by the id of their finding. */
  readonly repairs: ReadonlyMap<string, Repair>
  /** Hides the secrets of the home in what is shown of its files. */
  hide(text: string): string
  /** Checks that found nothing. */
  readonly passed: readonly string[]
  /** Checks that were not made, because nobody should be asked. */
  readonly skipped: readonly string[]
}

export interface DiagnoseOptions {
  readonly isOffline: boolean
  /** Ids, or what they begin with; empty: everything. */
  readonly wanted: readonly string[]
}

/** A finding about the block of a plugin. */
const PLUGIN_BLOCK = /^config\.\w+:plugins\.(\w+)/
/** Findings that follow from files alone. */
const OF_FILES = /^(?:config|files|exposure)\./

const answerSchema = z.object({
  findings: z.array(
    z.object({
      id: z.string(),
      severity: z.enum(['warning', 'error']),
      what: z.string(),
      why: z.string(),
      fix: z.string(),
      where: z.string().optional(),
      since: z.string(),
    }),
  ),
})

/** Looks at a home and, if one runs in it, at its assistant. Changes nothing. */
export async function diagnose(cli: CliEnvironment, options: DiagnoseOptions): Promise<Diagnosis> {
  const first = await examine(cli, options)
  if ('problem' in first) return ofOne(first.problem)
  const { configuration, isRunning } = first
  const live = await askLive(cli, isRunning)
  const suspects = new Set(live.flatMap(({ id }) => PLUGIN_BLOCK.exec(id)?.[1] ?? []))
  const read: ExaminedHome = { ...first, loadsPlugin: (name) => !isRunning || suspects.has(name) }
  const stopProxies = usesProxies(read) ? installProxies(read.reach.proxyFor) : () => {}
  const mask = createSecretMask(configuration.secrets)
  const findings = new Findings(mask)
  const repairs = new Map<string, Repair>()
  const checks = CHECKS.filter(({ areas }) => isWanted(areas, options.wanted))
  const [skipped, made] = [
    checks.filter(({ isNetwork }) => isNetwork && options.isOffline),
    checks.filter(({ isNetwork, name }) => !isNetwork || !options.isOffline || name === modelsCheck.name),
  ]
  try {
    // loading plugins and reading the whole database would take the time of those that wait for others
    const isHeavy = ({ seconds }: DoctorCheck): boolean => seconds !== undefined
    for (const round of [made.filter((check) => !isHeavy(check)), made.filter(isHeavy)])
      await findings.look(round.map((check) => toSource(check, read, repairs)))
  } finally {
    stopProxies()
  }
  const own = findings.now
  const all = merge(own, live).filter(({ id }) => isNamed(id, options.wanted))
  const failed = new Set(own.map(({ id }) => id.split(/[.:]/)[0]))
  return {
    findings: all,
    hide: (text) => mask.apply(text),
    repairs: new Map([...repairs].filter(([id]) => isNamed(id, options.wanted))),
    passed: made.filter(({ areas }) => areas.every((area) => !failed.has(area))).map(({ name }) => name),
    skipped: skipped.map(({ name }) => name),
  }
}

async function examine(
  cli: CliEnvironment,
  { isOffline }: DiagnoseOptions,
): Promise<Omit<ExaminedHome, 'loadsPlugin'> | { readonly problem: Problem }> {
  try {
    const reading = await readHome(cli)
    const { configuration } = reading
    const [first] = configuration.problems
    if (first?.path === 'PLUGGRAM_HOME') {
      const words = {
        what: `${cli.home} is no home.`,
        why: `The reason: ${first.message}.`,
        fix: `Next: ${first.fix}.`,
      }
      return { problem: problem('home.missing', words) }
    }
    const { settings } = configuration
    const reach = examineReach(settings, serversOf({ settings }), isOffline)
    return {
      home: configuration.home,
      cli,
      reading,
      configuration,
      settings,
      isRunning: isTaken(configuration.home),
      isOffline,
      reach,
    }
  } catch (error) {
    const words = {
      what: 'Could not check this home.',
      why: errorMessage(error),
      fix: 'Let this account read the home, or run the doctor as the account of the assistant.',
    }
    return { problem: problem('unchecked:the-home', words) }
  }
}

/** A home whose lock cannot be read counts as free: the files say more then. */
function isTaken(home: string): boolean {
  try {
    return !isHomeFree(home)
  } catch {
    return false
  }
}

function usesProxies({ settings }: ExaminedHome): boolean {
  const { httpsProxy, httpProxy, allProxy } = settings.network
  return (httpsProxy ?? httpProxy ?? allProxy) !== undefined
}

function toSource(check: DoctorCheck, home: ExaminedHome, repairs: Map<string, Repair>): FindingSource {
  return {
    name: check.name,
    ...(check.seconds !== undefined && { seconds: check.seconds }),
    async check() {
      const problems = await check.run(home)
      return problems.map(({ repair, ...found }) => {
        if (repair) repairs.set(found.id, repair)
        return found
      })
    },
  }
}

/** What the running assistant knows of itself. */
async function askLive(cli: CliEnvironment, isRunning: boolean): Promise<readonly Finding[]> {
  const unchecked = (why: string): Finding[] => {
    const words = {
      what: 'Could not ask the running assistant.',
      why,
      fix: 'Try again when it has started. If it hangs: pluggram restart, or end it and start it again.',
    }
    return [{ ...problem('unchecked:the-running-assistant', words), since: new Date().toISOString() }]
  }
  try {
    const answer = await askIfRunning(cli, { method: 'GET', path: '/api/findings', answer: answerSchema })
    if (answer) return answer.findings as Finding[]
    return isRunning ? unchecked('One runs in this home, but it takes no commands yet.') : []
  } catch (error) {
    return isRunning ? unchecked(errorMessage(error)) : []
  }
}

/**
 * What both found is said in the words of the check that just looked, since when the assistant has
 * known it. What is written in files is true as it is written now.
 */
function merge(own: readonly Finding[], live: readonly Finding[]): Finding[] {
  const known = new Map(live.map((finding) => [finding.id, finding]))
  const found = own.map((finding) => ({ ...finding, since: known.get(finding.id)?.since ?? finding.since }))
  const ids = new Set<string>(own.map(({ id }) => id))
  const all = [...found, ...live.filter(({ id }) => !ids.has(id) && !OF_FILES.test(id))]
  return [
    ...all.filter(({ severity }) => severity === 'error'),
    ...all.filter(({ severity }) => severity !== 'error'),
  ]
}

function isWanted(areas: readonly string[], wanted: readonly string[]): boolean {
  return (
    wanted.length === 0 ||
    wanted.some((id) => areas.includes(id.split(/[.:]/)[0] ?? '') || id.startsWith('unchecked'))
  )
}

/** `plugin`, `plugin.parked` and `plugin.parked:weather` all name the last one. */
function isNamed(id: string, wanted: readonly string[]): boolean {
  return (
    wanted.length === 0 ||
    id.startsWith('unchecked') ||
    wanted.some((name) => id === name || id.startsWith(`${name}.`) || id.startsWith(`${name}:`))
  )
}

function ofOne(found: Problem): Diagnosis {
  return {
    findings: [{ ...found, since: new Date().toISOString() }],
    repairs: new Map(),
    hide: (text) => text,
    passed: [],
    skipped: [],
  }
}

/** Whether an id, or the beginning of one, is in the table. */
export function isKnownId(id: string): boolean {
  return findingRow(id as Finding['id']) !== undefined
}
