import { listRestorePoints, removeRestorePoint } from '../upgrade/restore-points.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { printJson } from './print-json.ts'

/** Lists the restore points of a home. */
export async function showRestorePoints(cli: CliEnvironment): Promise<number> {
  const points = await listRestorePoints(cli.home)
  if (cli.isJson) printJson(cli, points)
  else if (points.length === 0) cli.print('There are no restore points. "pluggram upgrade" makes them.')
  else
    for (const { name, version, bytes } of points)
      cli.print(`${name}  version ${version}, ${Math.ceil(bytes / 1_048_576)} MB`)
  return 0
}

export async function dropRestorePoint(cli: CliEnvironment, name: string): Promise<number> {
  await removeRestorePoint(cli.home, name)
  cli.print(`Removed ${name}.`)
  return 0
}
