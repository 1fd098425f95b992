/** The last log lines, for owners without access to the terminal. */
export interface LogTail {
  /** Adds a JSON line whose secrets are already masked. */
  add(line: string): void
  /** Formatted lines, oldest first. Their times are in that zone; default: this process's. */
  lines(options: {
    readonly count: number
    readonly onlyProblems?: boolean
    readonly timeZone?: string
  }): readonly string[]
  /** JSON lines after the given one, or the last ones; `next` is what to ask for later. */
  raw(options: { readonly after?: number | undefined; readonly count: number }): {
    readonly lines: readonly string[]
    readonly next: number
  }
}

const MAX_LINES = 500
/** Problems have a separate list, so that other lines do not push them out. */
const MAX_PROBLEMS = 200
const MAX_LENGTH = 4_000
const PROBLEM = /^\{"level":"(?:warn|error|fatal)"/
const HIDDEN = new Set(['level', 'time', 'msg', 'err', 'plugin'])

/** Creates a tail that keeps the last 500 lines, and the last 200 warnings and errors. */
export function createLogTail(): LogTail {
  const all: string[] = []
  const problems: string[] = []
  let added = 0

  function keep(list: string[], line: string, most: number): void {
    list.push(line)
    // trim in batches instead of for every line
    if (list.length >= most * 2) list.splice(0, list.length - most)
  }

  return {
    add(line) {
      const kept = line.slice(0, MAX_LENGTH)
      keep(all, kept, MAX_LINES)
      added++
      if (PROBLEM.test(kept)) keep(problems, kept, MAX_PROBLEMS)
    },
    raw({ after, count }) {
      // beyond the last line: the program was restarted since, and all lines are new
      const from = after === undefined ? added - count : after > added ? 0 : after
      const wanted = Math.min(added - from, MAX_LINES)
      return { lines: wanted <= 0 ? [] : all.slice(-wanted), next: added }
    },
    lines({ count, onlyProblems = false, timeZone }) {
      const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone })
      return (onlyProblems ? problems.slice(-MAX_PROBLEMS) : all.slice(-MAX_LINES))
        .slice(-Math.max(1, Math.floor(count)))
        .map((line) => toText(line, clock))
    },
  }
}

function toText(line: string, clock: Intl.DateTimeFormat): string {
  let record: Record<string, unknown>
  try {
    record = JSON.parse(line) as Record<string, unknown>
  } catch {
    // a truncated line, which is not valid JSON
    return line.slice(0, 300)
  }
  const { level, time, msg, plugin, err } = record
  const fields = Object.entries(record)
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const reason = typeof err === 'object' && err !== null ? Reflect.get(err, 'message') : undefined
  const words = [
    clockTime(String(time), clock),
    String(level).toUpperCase(),
    plugin === undefined ? '' : `[${String(plugin)}]`,
    String(msg),
    reason === undefined || String(msg).includes(String(reason)) ? '' : `(${String(reason)})`,
    ...fields,
  ]
  return words
    .filter((word) => word !== '')
    .join(' ')
    .slice(0, 600)
}

function clockTime(time: string, clock: Intl.DateTimeFormat): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? time.slice(0, 30) : clock.format(date)
}
