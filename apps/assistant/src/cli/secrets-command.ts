import { join } from 'node:path'
import { looksSecret, wait } from '@pluggram/base'
import {
  findVariable,
  formatProblem,
  loadConfiguration,
  nameOf,
  readSecretStore,
  rotateSecretKey,
  variableOf,
  variableOfFile,
  writeSecretStore,
} from '@pluggram/config'
import type { ConfigProblem, LoadedConfiguration, StoredSecret } from '@pluggram/config'
import { Failure } from '@pluggram/sdk/runtime'
import { lockHome } from '@pluggram/storage'
import { openSecretsProblem } from '../private-data.ts'
import { readHome } from '../read-home.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { printJson } from './print-json.ts'
import { readSecret } from './read-secret.ts'
import { styles } from './styles.ts'

/** How long another command that writes the store is waited for. */
const LOCK_MS = 10_000
const LOOK_MS = 50

interface ListedSecret {
  readonly name: string
  /** `secrets.age`, `.env:3`, `environment`, or a file. */
  readonly from: string
  /** When it was set, if the store knows. */
  readonly changedAt?: string
}

/** Puts a secret into the store. */
export async function setSecret(
  cli: CliEnvironment,
  [given = '', ...values]: readonly string[],
): Promise<number> {
  const [name = ''] = given.split('=')
  const variable = variableFor(name)
  if (values.length > 0 || given.includes('=')) throw new Failure('secret-shown', { subject: name })
  // a key that cannot be used is told before anything is typed
  await readSecretStore(cli.home, await variablesOf(cli))
  const value = await readSecret(name)
  await refuseUnfit(cli, { name, variable, value })
  await changeStore(cli, (secrets) => secrets.set(variable, { value, changedAt: new Date().toISOString() }))
  cli.print(
    `${name} is set. It takes effect ${findVariable(variable)?.takesEffect === 'next start' ? 'at the next start' : 'at once'}.`,
  )
  const loaded = await loadConfiguration(cli)
  for (const problem of loaded.problems.filter(({ path }) => path === name || path === variable))
    cli.printError(formatProblem(problem, loaded))
  return 0
}

/** Lists secrets: names, places, times. */
export async function listSecrets(cli: CliEnvironment): Promise<number> {
  const { configuration } = await readHome(cli)
  await readSecretStore(cli.home, await variablesOf(cli))
  const secrets = secretsOf(configuration)
  if (cli.isJson) return printJson(cli, secrets)
  if (secrets.length === 0) {
    cli.print('No secret is set. "pluggram secrets set NAME" sets one.')
    return 0
  }
  const style = styles(process.stdout)
  const width = Math.max(...secrets.map(({ name }) => name.length))
  const place = Math.max(...secrets.map(({ from }) => from.length))
  for (const { name, from, changedAt = '' } of secrets)
    cli.print(`${style.word(name.padEnd(width))}  ${from.padEnd(place)}  ${style.faint(changedAt)}`.trimEnd())
  return 0
}

/** Removes a secret from the store. */
export async function removeSecret(cli: CliEnvironment, name: string): Promise<number> {
  const variable = variableFor(name)
  let isKnown = false
  await changeStore(cli, (secrets) => (isKnown = secrets.delete(variable)))
  if (isKnown) {
    const from = placeOf(await loadConfiguration(cli), variable)
    cli.print(`${name} is removed.${from === undefined ? '' : ` The value of ${from} counts now.`}`)
    return 0
  }
  cli.printError(
    `There is no ${name} in secrets.age. "pluggram secrets list" shows where each secret comes from.`,
  )
  return 1
}

/** Prints every problem of secrets; exit code 1 when there is an error. */
export async function checkSecrets(cli: CliEnvironment): Promise<number> {
  await readSecretStore(cli.home, await variablesOf(cli))
  const { configuration, configProblems } = await readHome(cli)
  const open = await openSecretsProblem(cli.home)
  const findings = [
    ...(open === undefined ? [] : [{ severity: 'warning', text: open }]),
    ...configProblems.filter(isOfSecret).map((problem) => ({
      severity: problem.severity,
      text: formatProblem(problem, configuration),
    })),
  ]
  if (cli.isJson) printJson(cli, findings)
  else for (const { severity, text } of findings) cli.printError(`${severity}  ${text}`)
  if (findings.length === 0 && !cli.isJson) cli.print('The secrets are in order.')
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0
}

/** Gives the store another key. */
export async function rotateKey(cli: CliEnvironment): Promise<number> {
  const variables = await variablesOf(cli)
  const { file } = await withLock(cli.home, () => rotateSecretKey(cli.home, variables))
  cli.print(`secrets.age has another key now, in ${file}. The old key opens only old copies of it.`)
  return 0
}

function variableFor(name: string): string {
  const variable = variableOf(name)
  if (variable !== undefined) return variable
  const shown = /^[\w.-]{1,64}$/.test(name) ? `"${name}"` : 'That'
  throw new Failure('usage', {
    subject: `${shown} is no name of a secret: it looks like OPENAI_API_KEY, or like my_plugin.github for a plugin's credential`,
  })
}

/** Whatever the configuration would refuse is not put into the store. */
async function refuseUnfit(
  cli: CliEnvironment,
  { name, variable, value }: { readonly name: string; readonly variable: string; readonly value: string },
): Promise<void> {
  const loaded = await loadConfiguration({
    home: cli.home,
    environment: { ...cli.environment, [variable]: value },
  })
  const refusal = loaded.problems.find(({ path, severity }) => path === name && severity === 'error')
  if (refusal) throw new Failure('secret-refused', { subject: name, reason: `${refusal.message}.` })
}

async function changeStore(
  cli: CliEnvironment,
  change: (secrets: Map<string, StoredSecret>) => unknown,
): Promise<void> {
  const variables = await variablesOf(cli)
  await withLock(cli.home, async () => {
    const secrets = await readSecretStore(cli.home, variables)
    const changed = new Map(secrets)
    if (change(changed) !== false) await writeSecretStore(cli.home, changed, variables)
  })
}

/** Two commands at the same time do not lose each other's secret. */
async function withLock<T>(home: string, work: () => Promise<T>): Promise<T> {
  const end = Date.now() + LOCK_MS
  for (;;) {
    let lock
    try {
      lock = lockHome(join(home, 'data', 'secrets.lock'))
    } catch (error) {
      const isTaken = error instanceof Failure && error.failure === 'home-taken'
      if (!isTaken || Date.now() >= end) throw error
      await wait(LOOK_MS)
      continue
    }
    try {
      return await work()
    } finally {
      lock.release()
    }
  }
}

/** The variables that say where the key is, of the process and of `.env`. */
async function variablesOf(cli: CliEnvironment): Promise<Readonly<Record<string, string>>> {
  return (await loadConfiguration(cli)).environment
}

function secretsOf(configuration: LoadedConfiguration): ListedSecret[] {
  return Object.keys(configuration.environment)
    .filter((variable) => isListed(configuration, variable))
    .map((variable) => {
      const changedAt = configuration.changeOf(variable)
      return {
        name: nameOf(variable),
        from: placeOf(configuration, variable) ?? '',
        ...(changedAt !== undefined && { changedAt }),
      }
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** Of the process's environment only what the assistant or a plugin reads: the rest is other programs'. */
function isListed(configuration: LoadedConfiguration, variable: string): boolean {
  const via = configuration.locateVariable(variable)?.via ?? ''
  if (via === 'secrets.age') return true
  if (!looksSecret(variable) || variableOfFile(variable) !== undefined) return false
  const isOurs = findVariable(variable) !== undefined || nameOf(variable) !== variable
  return isOurs || !via.startsWith('environment ') || configuration.isReferenced(variable)
}

function placeOf(configuration: LoadedConfiguration, variable: string): string | undefined {
  const at = configuration.locateVariable(variable)
  if (at === undefined) return undefined
  if (at.via === '.env') return `.env:${at.line}`
  return at.via.startsWith('environment ') ? 'environment' : at.via.replace(/^the file /, '')
}

function isOfSecret({ path }: ConfigProblem): boolean {
  return looksSecret(path) || variableOfFile(path) !== undefined
}
