import { STEP_KINDS } from '@pluggram/sdk/runtime'
import type { StepFacts, StepKind } from '@pluggram/sdk/runtime'
import type { JourneySummary, JourneyView, StepView } from './journey-view.ts'

const BAR = 32
/** In these nothing is done; their bars are lighter. */
const WAITS: ReadonlySet<string> = new Set<StepKind>([
  'lane',
  'album',
  'start',
  'seat',
  'outbox',
  'limit',
  'retry',
])
/** Names that say no more than the kind of the step. */
const PLAIN_NAMES = new Set(['written', 'chat', 'album', 'router', 'message'])
/** Facts that the line says already. */
const SHOWN_ELSEWHERE = new Set(['row'])
/** What facts are called. */
const FACT_NAMES: Readonly<Record<string, string>> = {
  behind: 'behind update',
  ahead: 'messages before it:',
  retryAfter: 'retry after (s)',
  inputTokens: 'tokens in',
  outputTokens: 'tokens out',
  firstWordMs: 'first word after (ms)',
  queuedMs: 'waited for other requests (ms)',
  message: 'message',
  messages: 'messages:',
  unmatched: 'pattern did not match:',
  off: 'off in this chat:',
  earlierTries: 'earlier tries:',
}

/** A journey in lines of text: one bar for each step, waiting included. */
export function waterfall(view: JourneyView): string[] {
  const depths = new Map<number, number>()
  const rows = inOrder(view.steps).map((step) => {
    const depth = step.parent === undefined ? 0 : (depths.get(step.parent) ?? 0) + 1
    depths.set(step.id, depth)
    return row(step, depth, view.ms)
  })
  const more =
    view.stepsLeftOut > 0 ? [`… and ${view.stepsLeftOut} further steps, which were only counted`] : []
  return [...head(view), '', ...rows, ...more]
}

/** A journey in one line. */
export function journeyLine(journey: JourneySummary): string {
  const { updateId, receivedAt, ms, plugin = '-', outcome = 'under way', isFailed, chatId } = journey
  const mark = isFailed ? '✗' : outcome === 'under way' ? '…' : '✓'
  const cost = costOf(journey)
  return `${mark} ${updateId}  ${receivedAt}  chat ${chatId}  ${duration(ms).padStart(8)}  ${outcome}  ${plugin}${cost === '' ? '' : `  ${cost}`}`
}

function head(view: JourneyView): string[] {
  const { updateId, kind, size, chatId, receivedAt, ms, outcome, plugin, isOver, continues, traceId } = view
  const what = [
    `update ${updateId}`,
    kind,
    ...(size === undefined ? [] : [`${size} characters`]),
    `chat ${chatId}`,
    receivedAt,
    ...(continues === undefined ? [] : [`goes on with the answer to update ${continues}`]),
  ]
  const cost = costOf(view)
  const result = [
    `${outcome ?? 'under way'}${plugin === undefined ? '' : ` by ${plugin}`}`,
    `${duration(ms)}${isOver ? '' : ' so far'}`,
    ...(cost === '' ? [] : [cost]),
    ...(traceId === undefined ? [] : [`trace ${traceId}`]),
  ]
  return [what.join(' · '), result.join(' · ')]
}

function costOf({ tokens, money }: JourneySummary): string {
  const parts = [
    ...(tokens > 0 ? [`${tokens.toLocaleString('en')} tokens`] : []),
    ...(money !== undefined && money > 0 ? [`cost ${Number(money.toPrecision(3))}`] : []),
  ]
  return parts.join(', ')
}

/** Parents before their parts, each level by time. */
function inOrder(steps: readonly StepView[]): StepView[] {
  const parts = new Map<number | undefined, StepView[]>()
  for (const step of steps) parts.set(step.parent, [...(parts.get(step.parent) ?? []), step])
  const below = (parent: number | undefined): StepView[] =>
    (parts.get(parent) ?? [])
      .toSorted((a, b) => a.startMs - b.startMs)
      .flatMap((step) => [step, ...below(step.id)])
  return below(undefined)
}

function row(step: StepView, depth: number, total: number): string {
  const { kind, name, startMs, ms = Math.max(0, total - startMs), outcome, facts } = step
  const share = total > 0 ? Math.round((ms / total) * 100) : 0
  const from = Math.min(BAR - 1, Math.floor((startMs / Math.max(total, 0.01)) * BAR))
  const length = Math.max(1, Math.min(BAR - from, Math.round((ms / Math.max(total, 0.01)) * BAR)))
  const bar = ' '.repeat(from) + (WAITS.has(kind) ? '░' : '█').repeat(length)
  const words = STEP_KINDS[kind as StepKind] ?? kind
  const end = step.ms === undefined ? 'goes on' : outcome
  const details = [...(end === undefined ? [] : [end]), ...factsOf(facts)].join(', ')
  const what = PLAIN_NAMES.has(name) ? words : `${words}: ${name}`
  const label = `${'  '.repeat(depth)}${what}${details === '' ? '' : ` (${details})`}`
  return `${duration(ms).padStart(8)} ${String(share).padStart(3)} %  ${bar.padEnd(BAR)}  ${label}`
}

function factsOf(facts: StepFacts = {}): string[] {
  return Object.entries(facts).flatMap(([key, value]) => {
    if (value === undefined || SHOWN_ELSEWHERE.has(key)) return []
    const shown = Array.isArray(value) ? value.join(', ') : String(value)
    return [`${FACT_NAMES[key] ?? key} ${shown}`]
  })
}

function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${milliseconds.toFixed(1)} ms`
  return milliseconds < 120_000
    ? `${(milliseconds / 1_000).toFixed(2)} s`
    : `${(milliseconds / 60_000).toFixed(1)} min`
}
