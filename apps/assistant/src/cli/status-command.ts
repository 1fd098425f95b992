import { overviewSchema } from '../overview.ts'
import type { Overview } from '../overview.ts'
import { askOnlyRunning } from './ask-running.ts'
import type { Ask } from './ask-running.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { printJson } from './print-json.ts'
import { styles } from './styles.ts'

export const STATUS: Ask<Overview> = { method: 'GET', path: '/api/status', answer: overviewSchema }

/** Shows what runs; 0 when it is ready. */
export async function showStatus(cli: CliEnvironment): Promise<number> {
  const overview = await askOnlyRunning(cli, STATUS)
  if (cli.isJson) printJson(cli, overview)
  else for (const line of statusLines(overview)) cli.print(line)
  return overview.isReady ? 0 : 1
}

function statusLines(overview: Overview): string[] {
  const style = styles(process.stdout)
  const {
    name,
    version,
    pid,
    startedAt,
    url,
    home,
    connection,
    model,
    plugins,
    isReady,
    summary,
    troubles,
    problems,
  } = overview
  const state = isReady ? style.good('ready') : style.bad('not ready')
  const sentence = isReady ? style.good(summary) : style.bad(summary)
  const line = (title: string, text: string): string => `${title.padEnd(10)}  ${text}`
  return [
    sentence,
    line(name, `${state}, version ${version}, since ${startedAt}, process ${pid}`),
    line('Telegram', connection),
    line('Model', `${model.id}${model.problem === undefined ? '' : `: ${style.bad(model.problem)}`}`),
    line('Page', url),
    line('Home', home),
    ...plugins.map((plugin) =>
      line(
        plugin.name,
        plugin.problem === undefined ? plugin.state : style.bad(`${plugin.state}: ${plugin.problem}`),
      ),
    ),
    ...(problems === 0 ? [] : [line('⚠', style.bad(problemsLine(problems)))]),
    ...troubles.map(({ component, status, reason }) =>
      line('⚠', `${component} is ${status}${reason === undefined ? '' : `: ${reason}`}`),
    ),
  ]
}

/** `2 problems: pluggram doctor` */
export function problemsLine(count: number): string {
  return `${count === 1 ? 'one problem' : `${count} problems`}: pluggram doctor`
}
