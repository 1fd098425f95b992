import type { AssistantSettings } from '@pluggram/config'
import type { Finding } from '@pluggram/observability'

export type AlertSettings = AssistantSettings['alerts']
export type AlertKind = AlertSettings['off'][number]

/** Something that an owner should know: what, why, and what to do next. */
export interface Alert {
  /** Of a finding, or of a source that only alerts read. */
  readonly id: string
  readonly kind: AlertKind
  readonly what: string
  readonly why: string
  readonly fix: string
  /** A plugin that a button restarts. */
  readonly restart?: string
  /** When it was found, in milliseconds since 1970; default: when it is first looked at. */
  readonly since?: number
  /** It happened and does not end, such as a budget that is used up by half. */
  readonly isEvent?: true
}

interface KindRow {
  /** Findings that belong to it, or areas of findings, of which only errors count. */
  readonly findings: readonly string[]
  /** What heals by itself within that time is not told. */
  readonly waitSeconds: number
  /** How it is said that it is over. */
  readonly end: 'works again' | 'over'
}

/** A finding belongs to the first kind that names it, else to the one that names its area. */
export const ALERT_KINDS: Readonly<Record<AlertKind, KindRow>> = {
  errors: { findings: ['plugin.errors'], waitSeconds: 0, end: 'over' },
  plugin: { findings: ['plugin', 'loop.blocked'], waitSeconds: 15, end: 'works again' },
  budget: { findings: [], waitSeconds: 30, end: 'over' },
  model: { findings: ['model'], waitSeconds: 60, end: 'works again' },
  telegram: { findings: ['telegram', 'flow', 'network'], waitSeconds: 60, end: 'works again' },
  disk: { findings: ['storage.disk-low'], waitSeconds: 60, end: 'over' },
  storage: { findings: ['storage', 'home'], waitSeconds: 30, end: 'works again' },
  backup: { findings: ['backup'], waitSeconds: 0, end: 'works again' },
  other: { findings: [], waitSeconds: 60, end: 'over' },
}

const PARKED = 'plugin.parked:'

/** The alert that a finding is; `undefined` for warnings that can wait for `pluggram doctor`. */
export function alertOf({ id, severity, what, why, fix, since }: Finding): Alert | undefined {
  const kind = kindOf(id, severity)
  if (!kind) return undefined
  const restart = id.startsWith(PARKED) ? { restart: id.slice(PARKED.length) } : {}
  return { id, kind, what, why, fix, since: Date.parse(since), ...restart }
}

function kindOf(id: string, severity: Finding['severity']): AlertKind | undefined {
  const [name = ''] = id.split(':', 1)
  const [area = ''] = name.split('.', 1)
  const naming = (wanted: string): AlertKind | undefined =>
    (Object.keys(ALERT_KINDS) as AlertKind[]).find((kind) => ALERT_KINDS[kind].findings.includes(wanted))
  const exact = naming(name)
  if (exact) return exact
  return severity === 'error' ? (naming(area) ?? 'other') : undefined
}

/** For so long, errors count as a spike. */
const ERRORS_LAST_MS = 6 * 60_000
const MODEL_USER = 'plugin.errors:ai_chatbot'

/** Errors that another alert explains: without a model the chat could only fail, and the model is told. */
export class ExplainedErrors {
  #modelDownAt = -Infinity

  leaveOut(found: readonly Alert[]): readonly Alert[] {
    const now = performance.now()
    if (found.some(({ kind }) => kind === 'model')) this.#modelDownAt = now
    return now - this.#modelDownAt < ERRORS_LAST_MS ? found.filter(({ id }) => id !== MODEL_USER) : found
  }
}
