import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from './free-port.ts'

/** Why there is no Prometheus here; `undefined` when there is. */
export const prometheusProblem: string | undefined = ['prometheus', 'promtool'].every(
  (program) => spawnSync(program, ['--version']).status === 0,
)
  ? undefined
  : 'there is none (Debian package "prometheus")'

interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

interface Alert {
  readonly state: 'pending' | 'firing'
  readonly labels: Readonly<Record<string, string>>
}

interface Rule {
  readonly name: string
  readonly health: 'ok' | 'unknown' | 'err'
  readonly lastError?: string
}

/** A real Prometheus. */
export interface RunningPrometheus extends AsyncDisposable {
  query(expression: string): Promise<readonly Sample[]>
  alerts(): Promise<readonly Alert[]>
  rules(): Promise<readonly Rule[]>
}

export interface PrometheusFiles {
  /** The configuration, in YAML; it may name the files below. */
  readonly 'prometheus.yml': string
  readonly [file: string]: string
}

/** Starts it in a folder of its own, and waits until it is ready. */
export async function startPrometheus(files: PrometheusFiles): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'pluggram-prometheus-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const port = await findFreePort()
  const child = spawn(
    'prometheus',
    [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const url = `http://127.0.0.1:${port}`
  for (;;) {
    const response = await fetch(`${url}/-/ready`).catch(() => undefined)
    if (response?.ok) break
    if (child.exitCode !== null) throw new Error(`Prometheus ended: ${errors}`)
    await sleep(50)
  }
  async function get<Data>(path: string): Promise<Data> {
    const response = await fetch(`${url}/api/v1/${path}`)
    const answer = (await response.json()) as { status: string; error?: string; data: Data }
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`)
    return answer.data
  }
  return {
    query: async (expression) =>
      (await get<{ result: readonly Sample[] }>(`query?query=${encodeURIComponent(expression)}`)).result,
    alerts: async () => (await get<{ alerts: readonly Alert[] }>('alerts')).alerts,
    rules: async () =>
      (await get<{ groups: readonly { rules: readonly Rule[] }[] }>('rules')).groups.flatMap(
        ({ rules }) => rules,
      ),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
