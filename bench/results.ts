import type { Load, Run } from './fake-bot-api.ts'

/** One kind of load and its contenders. */
export interface Scenario {
  readonly name: string
  readonly contenders: readonly string[]
  /** Ratios compare with this contender. */
  readonly reference: string
  readonly isWebhook?: boolean
  /** Paced loads are compared by latency, others by throughput. */
  readonly isPaced?: boolean
  readonly load: Pick<Load, 'count' | 'perSecond' | 'delayMs'>
}

export interface Measured extends Run {
  readonly cpuSeconds: number
  readonly peakMegabytes: number
}

/** A quantile, interpolated between the two nearest values. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const low = sorted[Math.floor(place)] ?? 0
  const high = sorted[Math.ceil(place)] ?? 0
  return low + (high - low) * (place - Math.floor(place))
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The page with the medians of every scenario. Ratios compare consecutive turns. */
export function formatResults(
  results: ReadonlyMap<Scenario, ReadonlyMap<string, readonly Measured[]>>,
  machine: { readonly rounds: number; readonly turns: number; readonly cores: number; readonly date: string },
): string {
  const sections = [...results].map(([scenario, byName]) => section(scenario, byName))
  return [
    '# Benchmark results',
    `${machine.date}, a machine with ${machine.cores} cores, medians of ${machine.rounds} rounds with fresh processes, in each of which the bots took ${machine.turns} turns of the updates, one bot after the other; before them each had 40,000 of warm-up in the same turns, and before each of them 1,000 that are not counted; each bot on one core, the fake Bot API on another. Pluggram keeps every update and reply on disk, safe from a power loss (\`storage.synchronous: full\`, the default); the others keep nothing. Ratios are of turns that followed each other, in brackets between which the middle half of them was. Repeat with \`npm run bench\`.`,
    ...sections,
    '',
  ].join('\n\n')
}

function section(scenario: Scenario, byName: ReadonlyMap<string, readonly Measured[]>): string {
  const reference = byName.get(scenario.reference) ?? []
  const rows = [...byName].map(([name, runs]) => {
    const of = (pick: (run: Measured) => number): number => median(runs.map(pick))
    const ratios = runs.map((run, turn) => ratio(scenario, run, reference[turn]))
    const compared = name === scenario.reference ? '–' : comparisonOf(scenario, ratios)
    return `| ${name} | ${Math.round(of((run) => (scenario.load.count / run.wallMs) * 1_000))} | ${compared} | ${of((run) => run.latency.p50).toFixed(1)} | ${of((run) => run.latency.p95).toFixed(1)} | ${of((run) => (run.cpuSeconds / scenario.load.count) * 10_000).toFixed(2)} | ${Math.round(of((run) => run.peakMegabytes))} | ${Math.max(...runs.map((run) => run.repeated))} |`
  })
  const comparison = scenario.isPaced ? `p95 − ${scenario.reference}` : `rate ÷ ${scenario.reference}`
  return [
    `## ${scenario.name}`,
    `${scenario.load.count} updates.`,
    '',
    `| bot | answers/s | ${comparison} | p50 ms | p95 ms | CPU s per 10,000 | peak MB | repeated |`,
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

/** The median of the turns, and the range of their middle half. */
function comparisonOf({ isPaced }: Scenario, ratios: readonly number[]): string {
  const show = (value: number): string => (isPaced ? signed(value) : value.toFixed(2))
  const unit = isPaced ? ' ms' : '×'
  return `${show(median(ratios))}${unit} (${show(quantile(ratios, 0.25))} to ${show(quantile(ratios, 0.75))})`
}

function ratio(scenario: Scenario, run: Measured, reference: Measured | undefined): number {
  if (!reference) return Number.NaN
  return scenario.isPaced ? run.latency.p95 - reference.latency.p95 : reference.wallMs / run.wallMs
}

function signed(value: number): string {
  return value >= 0 ? `+${value.toFixed(1)}` : value.toFixed(1)
}
