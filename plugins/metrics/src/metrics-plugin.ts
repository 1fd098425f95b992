import { renderPng } from '@pluggram/plugin-kit'
import { definePlugin, hasRole, refusalFor, z } from '@pluggram/sdk'
import type { PluginDefinition } from '@pluggram/sdk'
import { drawChart } from './chart.ts'
import { describeFigures, NAMES, pluginBars, single } from './figures.ts'

const config = z.object({
  minutes: z.number().int().min(5).max(1_440).default(60).describe('How many minutes the chart shows.'),
  who: z
    .enum(['owner', 'trusted', 'everyone'])
    .default('owner')
    .describe('Who may see the figures: only the owner, also trusted people, or everyone.'),
})

const plugin: PluginDefinition<typeof config> = definePlugin({
  name: 'metrics',
  version: '0.1.0',
  description: 'Statistics and a chart',
  help: '`/stats` shows messages a minute, answers by plugin and a few figures. Prometheus gets the same figures from `/metrics`.',
  config,
  permissions: { metrics: true },
  commands: {
    stats: { description: 'Show statistics with a chart', examples: ['show me your statistics'] },
  },
  async setup({ config: settings, services }) {
    const perMinute: number[] = []
    const total = async (): Promise<number> =>
      single(await services.statistics.read(['inbox_updates_accepted_total']), 'inbox_updates_accepted_total')
    let before = await total()
    services.effects.setInterval('count messages each minute', 60_000, async () => {
      const now = await total()
      perMinute.push(now - before)
      before = now
      if (perMinute.length > settings.minutes) perMinute.shift()
    })
    return {
      async processMessage(_message, { command, role, signal }) {
        if (command?.name !== 'stats') return undefined
        if (!hasRole(role, settings.who)) {
          return { success: false, error: refusalFor(settings.who) }
        }
        const readings = await services.statistics.read(NAMES)
        const current = single(readings, 'inbox_updates_accepted_total') - before
        const padding = Array<number>(Math.max(0, settings.minutes - perMinute.length - 1)).fill(0)
        const svg = drawChart({
          perMinute: [...padding, ...perMinute, current],
          plugins: pluginBars(readings),
        })
        return {
          success: true,
          response: {
            text: describeFigures(readings, Date.now()),
            media: { kind: 'photo', source: await renderPng(svg, signal), fileName: 'stats.png' },
          },
        }
      },
    }
  },
})

export default plugin
