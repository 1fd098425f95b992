import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { ROOT } from '../support/program.ts'
import { CONTAINER_USER } from './container.ts'
import { environmentOf, readDockerfile, stepsOf } from './dockerfile.ts'

const FOLDER = join(ROOT, 'deploy')
const read = (path: string): string => readFileSync(join(FOLDER, path), 'utf8')

const image = readDockerfile(join(FOLDER, 'docker/Dockerfile')).at(-1)
if (!image) throw new Error('the Dockerfile has no stage')
const PORT = Number(environmentOf(image)['PORT'])
const [VOLUME = ''] = stepsOf(image, 'VOLUME')
const reference = readFileSync(join(ROOT, 'docs/reference/configuration.md'), 'utf8')

/** Variables that the assistant does not know. `…_FILE` and the time zone are known everywhere. */
function unknownVariables(names: readonly string[]): readonly string[] {
  const known = (name: string): boolean => name === 'TZ' || reference.includes(`\`${name}\``)
  return names.filter((name) => !known(name.replace(/_FILE$/, '')))
}

interface Service {
  readonly environment?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly read_only?: boolean
  readonly stop_grace_period?: string
}

interface Compose {
  readonly services: Readonly<Record<'assistant' | 'prometheus' | 'grafana', Service>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
  readonly volumes: Readonly<Record<string, null>>
}

describe('the compose file', () => {
  const { services, secrets, volumes } = parse(read('docker/compose.yml')) as Compose
  const { assistant, prometheus, grafana } = services

  test('runs the image with its one volume, a read-only root, and time to stop', () => {
    expect(assistant.volumes).toEqual([`home:${VOLUME}`])
    expect(assistant.read_only).toBe(true)
    expect(Number.parseInt(assistant.stop_grace_period ?? '', 10)).toBeGreaterThan(10)
    // what people open is open on this machine alone
    const ports = Object.values(services).flatMap((service) => service.ports ?? [])
    expect(ports.every((port) => port.startsWith('127.0.0.1:'))).toBe(true)
    expect(assistant.ports?.[0]?.endsWith(`:${PORT}`)).toBe(true)
  })

  test('has its secrets in files, each declared and under a name that is known', () => {
    expect(unknownVariables(Object.keys(assistant.environment ?? {}))).toEqual([])
    for (const service of Object.values(services)) {
      const files = Object.entries(service.environment ?? {}).filter(([name]) => name.endsWith('_FILE'))
      const given = (service.secrets ?? []).map((name) => `/run/secrets/${name}`)
      expect(given).toEqual(expect.arrayContaining(files.map(([, path]) => path)))
      expect(Object.keys(secrets)).toEqual(expect.arrayContaining([...(service.secrets ?? [])]))
    }
    expect(Object.values(secrets).every(({ file }) => file.startsWith('./secrets/'))).toBe(true)
  })

  test('gives Prometheus and Grafana files that exist and fit together', () => {
    const mounts = [...(prometheus.volumes ?? []), ...(grafana.volumes ?? [])]
    const files = mounts.map((mount) => mount.split(':')[0] ?? '').filter((path) => path.startsWith('.'))
    expect(files.filter((path) => !existsSync(join(FOLDER, 'docker', path)))).toEqual([])
    const named = mounts.map((mount) => mount.split(':')[0] ?? '').filter((path) => !path.startsWith('.'))
    expect(Object.keys(volumes)).toEqual(expect.arrayContaining(named))
    const {
      scrape_configs: [job],
    } = parse(read('prometheus/prometheus.yml')) as {
      scrape_configs: {
        authorization: { credentials_file: string }
        static_configs: { targets: string[] }[]
      }[]
    }
    expect(job?.static_configs).toEqual([{ targets: [`assistant:${PORT}`] }])
    expect(job?.authorization.credentials_file).toBe('/run/secrets/pluggram_metrics_token')
    expect(prometheus.secrets).toContain('pluggram_metrics_token')
    const {
      providers: [provider],
    } = parse(read('grafana/dashboards.yml')) as {
      providers: { options: { path: string } }[]
    }
    expect(grafana.volumes).toContain(`../grafana/pluggram.json:${provider?.options.path}/pluggram.json:ro`)
  })
})

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string }
}

interface Pod {
  readonly terminationGracePeriodSeconds: number
  readonly securityContext: { readonly runAsUser: number; readonly fsGroup: number }
  readonly containers: readonly [
    {
      readonly ports: readonly [{ readonly name: string; readonly containerPort: number }]
      readonly env: readonly { readonly name: string; readonly value: string }[]
      readonly securityContext: object
      readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
    } & Readonly<Record<'startupProbe' | 'livenessProbe' | 'readinessProbe', Probe>>,
  ]
  readonly volumes: readonly { readonly name: string }[]
}

describe('the example for Kubernetes', () => {
  const documents = parseAllDocuments(read('kubernetes/pluggram.yml'))
  const objects = documents.map((one) => one.toJS() as { kind: string; spec: Record<string, unknown> })
  const find = (kind: string): Record<string, unknown> => objects.find((one) => one.kind === kind)?.spec ?? {}
  const { replicas, strategy, template } = find('Deployment') as {
    replicas: number
    strategy: object
    template: { spec: Pod }
  }
  const pod = template.spec
  const [container] = pod.containers

  test('is YAML, and runs one assistant at a time', () => {
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([])
    expect(replicas).toBe(1)
    expect(strategy).toEqual({ type: 'Recreate' })
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(10)
  })

  test('agrees with the image about user, port and paths', () => {
    expect(pod.securityContext).toMatchObject({ runAsUser: CONTAINER_USER, fsGroup: CONTAINER_USER })
    expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true })
    const [port] = container.ports
    expect(port.containerPort).toBe(PORT)
    const { startupProbe, livenessProbe, readinessProbe } = container
    expect([startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet)).toEqual(
      // a restart does not help when Telegram is down
      ['/healthz', '/healthz', '/readyz'].map((path) => ({ path, port: port.name })),
    )
    expect(container.volumeMounts).toContainEqual({ name: 'home', mountPath: VOLUME })
    expect(container.volumeMounts.map(({ name }) => name)).toEqual(pod.volumes.map(({ name }) => name))
    expect(unknownVariables(container.env.map(({ name }) => name))).toEqual([])
    expect(find('Service')['ports']).toEqual([{ name: 'http', port: PORT, targetPort: port.name }])
  })
})
