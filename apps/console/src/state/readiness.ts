import { isRecord } from '../api/api-error.ts'

/** What the page tells about the assistant when something keeps it from answering. */
export interface ReadinessNotice {
  readonly text: string
  /** `broken` needs somebody to act; `waiting` goes away. */
  readonly tone: 'broken' | 'waiting'
}

/**
 * The most important reason why messages are not answered, or not as they should be; `undefined` if
 * all is well.
 * @param report the answer of `/readyz`; `undefined` if there was none
 */
export function readinessNotice(report: unknown): ReadinessNotice | undefined {
  if (!isRecord(report)) {
    return broken('The assistant has stopped. Start it with “npm start”; this page reconnects by itself.')
  }
  const components = isRecord(report['components']) ? report['components'] : {}
  return storageNotice(components) ?? startNotice(report, components) ?? modelNotice(components)
}

function storageNotice(components: Readonly<Record<string, unknown>>): ReadinessNotice | undefined {
  const reasons = Object.entries(components).flatMap(([name, component]) =>
    isRecord(component) && component['status'] === 'failed'
      ? [{ name, reason: String(component['reason'] ?? '') }]
      : [],
  )
  // whatever fails first on a full disk, the reason is the same
  if (reasons.some(({ reason }) => /\bfull\b|ENOSPC|no space/iu.test(reason))) {
    return broken('The disk is full. New messages are on hold; none are lost. Free some space to go on.')
  }
  const storage = reasons.find(({ name }) => name === 'storage')
  if (storage === undefined) return undefined
  return broken(`Messages cannot be saved${withReason(storage.reason)}. They are on hold; none are lost.`)
}

function startNotice(
  report: Readonly<Record<string, unknown>>,
  components: Readonly<Record<string, unknown>>,
): ReadinessNotice | undefined {
  if (report['status'] === 'ready') return undefined
  const entries = Object.entries(components).filter((entry): entry is [string, Record<string, unknown>] =>
    isRecord(entry[1]),
  )
  const failed = entries.find(([, { status }]) => status === 'failed')
  if (failed === undefined) {
    return {
      text: 'The assistant is starting. It answers as soon as it is ready.',
      tone: 'waiting',
    }
  }
  const { summary } = report
  if (typeof summary === 'string') return broken(summary)
  const [name, { reason, lastError }] = failed
  return broken(`The assistant is not ready: ${name} failed${withReason(String(reason ?? lastError ?? ''))}.`)
}

function modelNotice(components: Readonly<Record<string, unknown>>): ReadinessNotice | undefined {
  const models = components['models']
  if (!isRecord(models) || models['status'] === 'ok' || !Array.isArray(models['problems'])) return undefined
  const [problem] = models['problems']
  return problem === undefined ? undefined : broken(`The language model has a problem: ${String(problem)}`)
}

function broken(text: string): ReadinessNotice {
  return { text, tone: 'broken' }
}

function withReason(reason: string): string {
  return reason === '' ? '' : ` (${reason.replace(/\.$/u, '')})`
}
