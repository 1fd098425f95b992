import { writeFile } from 'node:fs/promises'
import { FINDING_AREAS, FINDINGS } from '../src/finding-table.ts'
import type { FindingRow } from '../src/finding-table.ts'

export const FINDINGS_PAGE = new URL('../../../docs/reference/findings.md', import.meta.url)

const HEAD = `# Findings

<!-- Made by packages/observability/scripts/generate-reference.ts from its table. Do not edit by hand. -->

\`pluggram doctor\`, the alerts to the owner and \`GET /api/findings\` name what is wrong by these ids. They are stable. Where
there can be several of a kind, a name follows: \`plugin.parked:weather\`. An error keeps something from working; a warning
may do so later, or is unsafe. \`pluggram doctor ID\` shows one, or one area (\`pluggram doctor plugin\`). What "--fix" can
change is marked; it shows each change first.
`

/** The text of docs/reference/findings.md. */
export function findingsPage(): string {
  const sections = Object.entries(FINDING_AREAS).flatMap(([area, title]) => {
    const rows = Object.entries<FindingRow>(FINDINGS).filter(([id]) => id.split('.', 1)[0] === area)
    return rows.length === 0 ? [] : [section(title, rows)]
  })
  return [HEAD, ...sections].join('\n')
}

function section(title: string, rows: readonly (readonly [string, FindingRow])[]): string {
  const lines = rows.map(
    ([id, { severity, means, isFixable }]) =>
      `| \`${id}\` | ${severity} | ${means} | ${isFixable ? '--fix' : ''} |`,
  )
  const heading = `## ${title.charAt(0).toUpperCase()}${title.slice(1)}`
  return `${[heading, '', '| id | severity | what it means | |', '|---|---|---|---|', ...lines].join('\n')}\n`
}

if (import.meta.main) await writeFile(FINDINGS_PAGE, findingsPage())
