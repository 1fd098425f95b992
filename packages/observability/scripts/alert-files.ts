import { ALERT_RULES } from './alert-rules.ts'
import type { AlertRule, Series } from './alert-rules.ts'

const HEAD = '# Made by packages/observability/scripts/generate-metrics.ts. Do not edit by hand.\n'
const PROGRAM = { job: 'pluggram', instance: 'assistant:8080' }
const PHASE_MINUTES = 40

/** The rules, for Prometheus' `rule_files`. JSON's strings are YAML's, too. */
export function createRulesFile(): string {
  const rules = ALERT_RULES.map(
    (rule) => `
      - alert: Pluggram${rule.name}
        expr: ${quote(rule.expr)}
        for: ${rule.for}
        labels: { severity: ${rule.severity} }
        annotations:
          summary: ${quote(rule.summary.replaceAll(/\$(\w+)/g, '{{ $$labels.$1 }}'))}
          description: ${quote(rule.remedy)}
`,
  )
  return `${HEAD}groups:\n  - name: pluggram\n    rules:${rules.join('')}`
}

/** The same rules on trial: promtool lets each course of events pass. */
export function createRulesTest(): string {
  const courses = ALERT_RULES.flatMap((rule) =>
    [rule.course, ...(rule.more ?? [])].map((course) => ({ rule, course })),
  )
  const tests = courses.map(({ rule, course }) => {
    const minutes = rule.phaseMinutes ?? PHASE_MINUTES
    const series = course.map(
      (one) => `
      - series: ${quote(`${one.metric}${labelsOf(one)}`)}
        values: ${quote(valuesOf(one, minutes))}`,
    )
    const looks = [false, true, false].map(
      (isFiring, phase) => `
      - eval_time: ${(phase + 1) * minutes - 1}m
        alertname: Pluggram${rule.name}
        exp_alerts: ${isFiring ? `\n          - ${quote(expected(rule))}` : '[]'}`,
    )
    return `
  - name: ${quote(`${rule.name} is quiet, fires, and is over`)}
    interval: 1m
    input_series:${series.join('')}
    alert_rule_test:${looks.join('')}
`
  })
  return `${HEAD}rule_files: [alerts.yml]\nevaluation_interval: 1m\ntests:${tests.join('')}`
}

/** The table of the reference page. */
export function alertRows(): readonly (readonly string[])[] {
  return ALERT_RULES.map(({ name, severity, summary, for: time, remedy }) => [
    `\`Pluggram${name}\``,
    severity,
    `${summary.replaceAll(/\$(\w+)/g, '`$1`')}${time === '0m' ? '' : `, for ${time.replace('m', ' min')}`}`,
    remedy,
  ])
}

function labelsOf({ labels = {} }: Series): string {
  const all = Object.entries({ ...PROGRAM, ...labels }).map(([name, value]) => `${name}=${quote(value)}`)
  return `{${all.join(',')}}`
}

function valuesOf({ phases, grows = false }: Series, minutes: number): string {
  if (typeof phases === 'string') return phases
  let value = 0
  const parts = phases.map((phase) => {
    if (!grows) return `${phase}+0x${minutes - 1}`
    const from = value
    value += phase * minutes
    return `${from}+${phase}x${minutes - 1}`
  })
  return parts.join(' ')
}

/** The alert as promtool has to see it; a label without a value is none. */
function expected({ severity, summary, remedy, labels = [], course }: AlertRule): object {
  const known: Readonly<Record<string, string>> = Object.assign({}, ...course.map((one) => one.labels ?? {}))
  const own = Object.fromEntries(labels.map((name) => [name, known[name] ?? '']))
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== ''))
  return {
    exp_labels: { ...PROGRAM, ...given, severity },
    exp_annotations: {
      summary: summary.replaceAll(/\$(\w+)/g, (_, name: string) => own[name] ?? ''),
      description: remedy,
    },
  }
}

function quote(value: unknown): string {
  return JSON.stringify(value)
}
