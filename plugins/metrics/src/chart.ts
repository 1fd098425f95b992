/** One plugin's bar. */
export interface PluginBar {
  readonly name: string
  readonly ok: number
  readonly failed: number
}

export interface ChartData {
  /** Messages per minute, oldest first. */
  readonly perMinute: readonly number[]
  readonly plugins: readonly PluginBar[]
}

const WIDTH = 800
const LEFT = 50
const PLOT = { top: 60, height: 180, width: WIDTH - LEFT - 30 }
const BARS_TOP = 310
const BAR_HEIGHT = 28
const MOST_BARS = 10

/** Draws the last hour and the plugins, as SVG. */
export function drawChart({ perMinute, plugins }: ChartData): string {
  const shown = plugins.slice(0, MOST_BARS)
  const height = BARS_TOP + Math.max(1, shown.length) * BAR_HEIGHT + 30
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="DejaVu Sans" font-size="14">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="34" font-size="18" fill="#17212b">Messages a minute, the last ${perMinute.length} minutes</text>`,
    ...line(perMinute),
    `<text x="${LEFT}" y="${BARS_TOP - 20}" font-size="18" fill="#17212b">Answers by plugin</text>`,
    ...bars(shown),
    '</svg>',
  ].join('')
}

function line(values: readonly number[]): string[] {
  const most = Math.max(1, ...values)
  const { top, height, width } = PLOT
  const step = width / Math.max(1, values.length - 1)
  const y = (value: number): number => Math.round(top + height - (value / most) * height)
  const points = values.map((value, index) => `${Math.round(LEFT + index * step)},${y(value)}`)
  const grid = [0, most / 2, most].map(
    (value) =>
      `<line x1="${LEFT}" x2="${LEFT + width}" y1="${y(value)}" y2="${y(value)}" stroke="#e0e6ea"/><text x="${LEFT - 8}" y="${y(value) + 5}" text-anchor="end" fill="#5b6b77">${Math.round(value * 10) / 10}</text>`,
  )
  return [
    ...grid,
    `<polyline points="${points.join(' ')}" fill="none" stroke="#2a85d0" stroke-width="3" stroke-linejoin="round"/>`,
  ]
}

function bars(plugins: readonly PluginBar[]): string[] {
  if (plugins.length === 0) {
    return [`<text x="${LEFT}" y="${BARS_TOP + 10}" fill="#5b6b77">No plugin was asked yet.</text>`]
  }
  const most = Math.max(1, ...plugins.map(({ ok, failed }) => ok + failed))
  const room = WIDTH - 330
  return plugins.map(({ name, ok, failed }, index) => {
    const y = BARS_TOP + index * BAR_HEIGHT
    const [good, bad] = [(ok / most) * room, (failed / most) * room].map(Math.round) as [number, number]
    return [
      `<text x="${LEFT}" y="${y + 15}" fill="#17212b">${escape(name.slice(0, 22))}</text>`,
      `<rect x="230" y="${y}" width="${good}" height="20" fill="#4fae5b"/>`,
      `<rect x="${230 + good}" y="${y}" width="${bad}" height="20" fill="#d9534f"/>`,
      `<text x="${238 + good + bad}" y="${y + 15}" fill="#5b6b77">${ok}${failed > 0 ? ` + ${failed} failed` : ''}</text>`,
    ].join('')
  })
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
