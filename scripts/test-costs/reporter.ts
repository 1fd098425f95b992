import { relative } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

const SHOWN = 20

interface Cost {
  readonly file: string
  readonly seconds: number
}

/** Says at the end which test files take most processor time, and how much all take. */
export default class CostReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const costs = modules.map(costOf).toSorted((a, b) => b.seconds - a.seconds)
    if (costs.length <= SHOWN) return
    const shown = costs.slice(0, SHOWN)
    const [total, most] = [sum(costs), sum(shown)]
    const lines = shown.map(({ file, seconds }) => `${seconds.toFixed(1).padStart(7)}  ${file}`)
    console.log(
      [
        `\nProcessor seconds: ${total.toFixed(0)} in ${costs.length} files, ${Math.round((most / total) * 100)} % of them in these ${SHOWN}:`,
        ...lines,
      ].join('\n'),
    )
  }
}

function costOf(module: TestModule): Cost {
  return { file: relative('', module.moduleId), seconds: module.meta().processorSeconds ?? 0 }
}

function sum(costs: readonly Cost[]): number {
  return costs.reduce((total, { seconds }) => total + seconds, 0)
}
