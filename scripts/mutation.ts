/**
 * Plants small faults in copies of the tree and checks whether the unit tests notice them:
 * `npm run test:mutation`. Prints the survivors, and how many faults were killed in each package.
 * Exits with 1 if `mutation/accepted.json` lacks a survivor, or names a fault that no longer exists.
 *
 *   npm run test:mutation -- --only storage        one package, or a part of a file's path
 *   npm run test:mutation -- --sample 30 --seed 7  other faults; a seed always gives the same ones
 *   npm run test:mutation -- --fault 1a2b3c4d5e    one fault by its id
 *   npm run test:mutation -- --list                print the faults without planting them
 *   npm run test:mutation -- --workers 1           one at a time; the default is two
 */
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readOptions } from './read-options.ts'
import { describeFault } from './mutation/fault.ts'
import type { Fault, Outcome } from './mutation/fault.ts'
import { findFaults } from './mutation/find-faults.ts'
import { createRelatedTests, packageOf } from './mutation/related-tests.ts'
import type { RelatedTests } from './mutation/related-tests.ts'
import { createTreeCopy } from './mutation/tree-copy.ts'
import type { TreeCopy } from './mutation/tree-copy.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PACKAGES = ['pipeline', 'storage', 'telegram', 'host', 'services', 'ai', 'access']
/** Files that only tests and generators use, tables, and generated files. */
const NO_SOURCE =
  /(?:\.test|\.test-d|\/test-[a-z-]+|\/default-prices|\/index)\.ts$|\/(?:__fixtures__|generated|node_modules)\//
/** The nearest tests find most faults; the others run only if these notice nothing. */
const NEAREST = 3
const MOST_OWN = 25
const MOST_OTHERS = 4
const LIMIT_MS = 60_000
const LIMIT_MS_PER_FILE = 20_000
const GOAL = 0.9

interface Accepted {
  readonly id: string
  /** For people, and to find it again if its line was changed. */
  readonly fault: string
  readonly why: string
}

interface Verdict {
  readonly fault: Fault
  readonly outcome: Outcome
  readonly accepted?: Accepted
}

const { values } = readOptions({
  options: {
    only: { type: 'string', default: '' },
    sample: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    fault: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
})

const all = globSync(`packages/{${PACKAGES.join(',')}}/src/**/*.ts`, { cwd: ROOT })
  .filter((file) => !NO_SOURCE.test(file))
  .toSorted()
  .flatMap((file) => findFaults(ROOT, file))
const accepted = JSON.parse(
  readFileSync(new URL('mutation/accepted.json', import.meta.url), 'utf8'),
) as Accepted[]
const stale = accepted.filter(({ id }) => all.every((fault) => fault.id !== id))
const chosen = choose(all)
console.log(`${chosen.length} of ${all.length} faults, seed ${values.seed}`)
if (values.list) for (const fault of chosen) console.log(describeFault(fault))
else report(await tryAll(chosen, createRelatedTests(ROOT)))
for (const { id, fault } of stale) console.log(`stale, remove it from accepted.json: ${id} ${fault}`)
if (stale.length > 0) process.exitCode = 1

/**
 * The same number from each package, if it has that many. The order comes from ids, so most stay
 * when code moves.
 */
function choose(faults: readonly Fault[]): Fault[] {
  if (values.fault !== undefined) return faults.filter(({ id }) => id === values.fault)
  const rank = ({ id }: Fault): string => createHash('sha256').update(`${values.seed} ${id}`).digest('hex')
  const wanted = faults.filter(({ file }) => file.includes(values.only))
  const groups = Map.groupBy(
    wanted.map((fault) => ({ fault, rank: rank(fault) })),
    ({ fault }) => packageOf(fault.file),
  )
  const share = Math.ceil(Number(values.sample) / Math.max(1, groups.size))
  const byRank = (one: { rank: string }, other: { rank: string }): number =>
    one.rank.localeCompare(other.rank)
  return [...groups.values()]
    .flatMap((group) => group.toSorted(byRank).slice(0, share))
    .toSorted(byRank)
    .map(({ fault }) => fault)
}

async function tryAll(
  faults: readonly Fault[],
  relatedTests: (file: string) => RelatedTests,
): Promise<Verdict[]> {
  const queue = [...faults]
  const verdicts: Verdict[] = []
  const [sound, unsound] = [new Set<string>(), new Set<string>()]
  await Promise.all(Array.from({ length: Number(values.workers) }, work))
  return verdicts

  async function work(): Promise<void> {
    const copy = createTreeCopy(ROOT)
    try {
      for (let fault = queue.shift(); fault !== undefined; fault = queue.shift()) {
        const outcome = await tryFault(copy, fault, relatedTests(fault.file))
        const known = accepted.find(({ id }) => id === fault.id)
        verdicts.push({ fault, outcome, ...(known && { accepted: known }) })
        const words = outcome === 'survived' && known ? 'accepted' : outcome
        console.log(`${verdicts.length}/${faults.length} ${words.padEnd(9)} ${describeFault(fault)}`)
      }
    } finally {
      copy.remove()
    }
  }

  async function tryFault(copy: TreeCopy, fault: Fault, { own, others }: RelatedTests): Promise<Outcome> {
    const rounds = [own.slice(0, NEAREST), own.slice(NEAREST, MOST_OWN), others.slice(0, MOST_OTHERS)]
    for (const round of rounds) {
      let tests = round.filter((test) => !unsound.has(test))
      for (;;) {
        const { outcome, failed } = await copy.tryFault(
          fault,
          tests,
          LIMIT_MS + tests.length * LIMIT_MS_PER_FILE,
        )
        if (outcome === 'survived') break
        if (failed === undefined || (await isSound(copy, failed))) return outcome
        tests = tests.filter((test) => test !== failed)
      }
    }
    return 'survived'
  }

  /**
   * A test that also fails without a fault has killed nothing. So each test that claims a kill is
   * run once on the unchanged code.
   */
  async function isSound(copy: TreeCopy, test: string): Promise<boolean> {
    if (sound.has(test)) return true
    const { outcome } = await copy.runTests([test], LIMIT_MS + LIMIT_MS_PER_FILE)
    if (outcome === 'survived') sound.add(test)
    else {
      unsound.add(test)
      console.log(`left out, it does not pass without a fault: ${test}`)
    }
    return outcome === 'survived'
  }
}

function report(verdicts: readonly Verdict[]): void {
  const groups = Map.groupBy(verdicts, ({ fault }) => packageOf(fault.file))
  const isKilled = ({ outcome }: Verdict): boolean => outcome !== 'survived'
  console.log('\npackage              faults  killed  accepted  survived')
  for (const [name, group] of [...groups.entries(), ['all', [...verdicts]] as const]) {
    const killed = group.filter(isKilled).length
    const known = group.filter((verdict) => !isKilled(verdict) && verdict.accepted).length
    const counts = [group.length, killed, known, group.length - killed - known]
    console.log(name.padEnd(20), ...counts.map((count) => String(count).padStart(7)))
  }
  const survivors = verdicts.filter((verdict) => !isKilled(verdict) && !verdict.accepted)
  for (const { fault } of survivors) console.log(`survived: ${describeFault(fault)}`)
  const share = verdicts.filter(isKilled).length / Math.max(1, verdicts.length)
  console.log(`killed ${(share * 100).toFixed(1)} % (goal ${GOAL * 100} %)`)
  if (survivors.length > 0 || share < GOAL) process.exitCode = 1
}
