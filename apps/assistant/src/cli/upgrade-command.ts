import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from '@pluggram/sdk'
import { Failure } from '@pluggram/sdk/runtime'
import { checkDatabase } from '../backup/copy-database.ts'
import { DATABASE } from '../backup/create-backup.ts'
import { isCutOff, readJournal, writeJournal } from '../upgrade/journal.ts'
import { currentRelease, findRelease, readRelease } from '../upgrade/release.ts'
import type { Release } from '../upgrade/release.ts'
import { askRelease, reportOn } from '../upgrade/release-report.ts'
import { runInRelease, runningState } from '../upgrade/run-release.ts'
import { describeMinutes, pointOf, undo, upgradeHome } from '../upgrade/upgrade-home.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { loadUsable } from './load-usable.ts'

const ROOT = resolve(import.meta.dirname, '../../../..')
const minutes = z.coerce
  .number()
  .min(0)
  .max(24 * 60)
const seconds = z.coerce.number().min(1).max(3_600)

export interface UpgradeInput {
  readonly target?: string | undefined
  readonly to?: string | undefined
  readonly isCheck: boolean
  readonly isConfirmed: boolean
  readonly isUndo: boolean
  readonly isReport: boolean
  readonly watch?: string | undefined
  readonly ready?: string | undefined
  readonly start?: string | undefined
}

/** Replaces the release that runs in a home by another one, and goes back when that does not work. */
export async function upgrade(cli: CliEnvironment, input: UpgradeInput): Promise<number> {
  if (input.isReport) {
    cli.print(JSON.stringify(await reportOn(cli)))
    return 0
  }
  const options = {
    watchMs: amount(minutes, input.watch ?? '5', '--watch') * 60_000,
    readyMs: amount(seconds, input.ready ?? '120', '--ready') * 1_000,
    startCommand: input.start,
  }
  if (input.isUndo) return goBack(cli, options)
  if (input.target === undefined) return explainTarget(cli, input.to)
  const from = await readRelease(ROOT)
  const to = await findRelease(cli.home, input.target)
  const canStart = await tellDifferences(cli, from, to)
  if (!canStart) return 1
  if (input.isCheck) return 0
  await refuseOtherSurroundings(cli, input.start)
  if (!input.isConfirmed) {
    cli.print(
      `Nothing was changed. With --yes: ${from.version} is stopped, a restore point is made, ${to.version} is started and watched for ${describeMinutes(options.watchMs)}.`,
    )
    return 1
  }
  await tellCutOff(cli)
  await upgradeHome(cli, { from, to, ...options })
  return 0
}

/** Tells what would break. @returns whether the release can start at all */
async function tellDifferences(cli: CliEnvironment, from: Release, to: Release): Promise<boolean> {
  cli.print(`From ${from.version} to ${to.version}, in ${to.folder}.`)
  const [now, next] = [await reportOn(cli), await askRelease(cli, to)]
  const database = join(cli.home, DATABASE)
  const schema = existsSync(database) ? checkDatabase(database, database) : next.schemaVersion
  const breaks = [
    ...(next.schemaVersion < schema
      ? [
          `Its database is older (${next.schemaVersion}) than the one of this home (${schema}): it cannot read it.`,
        ]
      : []),
    ...(next.isUsable || !now.isUsable ? [] : ['It does not start with this configuration.']),
  ]
  const changes = [
    ...next.problems.filter((line) => !now.problems.includes(line)),
    ...next.unfitPlugins.filter((line) => !now.unfitPlugins.includes(line)),
  ]
  if (breaks.length + changes.length === 0) cli.print('Nothing in this home would break.')
  else cli.print('What would break:')
  for (const line of [...breaks, ...changes]) cli.print(`  - ${line}`)
  if (next.schemaVersion > schema) {
    cli.print(
      `The database changes its form (${schema} to ${next.schemaVersion}). If you go back later, it is that of the restore point.`,
    )
  }
  if (breaks.length > 0) cli.print('Nothing was changed.')
  return breaks.length === 0
}

/**
 * A token in the environment of the running assistant alone would be missing after the restart.
 * @throws Failure `usage`
 */
async function refuseOtherSurroundings(cli: CliEnvironment, start: string | undefined): Promise<void> {
  const running = await runningState(cli)
  if (!running || start !== undefined) return
  const { settings } = await loadUsable(cli)
  const isPlayground = running.connection.includes('playground')
  if (isPlayground === (settings.telegram.botToken === undefined)) return
  throw new Failure('usage', {
    subject:
      'The running assistant got its bot token from an environment that this terminal does not have. Put the token into .env, or say how it is started: --start "systemctl start pluggram"',
  })
}

async function tellCutOff(cli: CliEnvironment): Promise<void> {
  const journal = await readJournal(cli.home)
  if (journal && isCutOff(journal)) {
    cli.print(
      `The upgrade to ${journal.toVersion} was cut off (at "${journal.step}"). This one begins from the start.`,
    )
  }
}

async function goBack(
  cli: CliEnvironment,
  options: { readonly readyMs: number; readonly startCommand?: string | undefined },
): Promise<number> {
  const { readyMs, startCommand } = options
  const rest = [
    '--ready',
    String(readyMs / 1_000),
    ...(startCommand === undefined ? [] : ['--start', startCommand]),
  ]
  const journal = await readJournal(cli.home)
  if (!journal || journal.step === 'undone' || (await currentRelease(cli.home)) !== journal.to) {
    cli.print('There is no upgrade to undo: this home runs the release it ran before.')
    return 1
  }
  const release = await readRelease(journal.from)
  // the newer release would bring the older database up to its own form
  if (journal.from !== ROOT) return runInRelease(cli, release, ['upgrade', '--undo', ...rest])
  await undo(cli, { journal, point: await pointOf(cli.home, journal), release, options })
  await writeJournal(cli.home, { ...journal, step: 'undone', pid: process.pid })
  return 0
}

async function explainTarget(cli: CliEnvironment, version: string | undefined): Promise<number> {
  const journal = await readJournal(cli.home)
  if (journal && isCutOff(journal)) {
    cli.print(
      `The upgrade from ${journal.fromVersion} to ${journal.toVersion} was cut off (at "${journal.step}").`,
    )
    cli.print('The next start goes back to the release before.')
  }
  const name = version ?? 'VERSION'
  const folder = join(cli.home, 'releases', name)
  cli.print('Name the folder or the tarball of a release. In a clone of the code, get one with:')
  cli.print(`  git -C ${ROOT} fetch --tags`)
  cli.print(`  git -C ${ROOT} worktree add ${folder} v${name}`)
  cli.print(`  npm --prefix ${folder} ci --omit=dev`)
  cli.print(`  pluggram upgrade ${folder}`)
  return 1
}

function amount(schema: z.ZodType<number>, text: string, option: string): number {
  const { data } = schema.safeParse(text)
  if (data === undefined)
    throw new Failure('usage', { subject: `${option} ${text} is not a number, or too large` })
  return data
}
