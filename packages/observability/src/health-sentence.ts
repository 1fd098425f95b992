import type { ComponentHealth } from './component-health.ts'

/** What flowed last. */
export interface Activity {
  readonly startedAt: Date
  readonly lastMessageAt?: Date | undefined
  readonly lastAnswerAt?: Date | undefined
}

interface Looked {
  readonly isReady: boolean
  readonly components: Readonly<Record<string, ComponentHealth>>
}

/** What is named first when several components are not well: what the others suffer from. */
const WEIGHT = ['event loop', 'storage', 'receiving', 'sending']

/** Says how the assistant is, in a sentence or two: what works, or what does not, why, and what comes next. */
export function healthSentence({ isReady, components }: Looked, activity: Activity): string {
  const entries = Object.entries(components).toSorted(([one], [other]) => weightOf(one) - weightOf(other))
  const find = (wanted: ComponentHealth['status']): [string, ComponentHealth] | undefined =>
    entries.find(([, { status }]) => status === wanted)
  if (isReady) {
    const failed = find('failed') ?? entries.find(([, { problem }]) => problem !== undefined)
    const works = `Working. ${flowSentence(activity)}`
    return failed === undefined ? works : `${works} ${explain(failed)}`
  }
  const failed = entries.find(([, { status }]) => status === 'failed')
  if (failed !== undefined) return explain(failed)
  const [name] = find('starting') ?? ['everything']
  return `Starting: waiting for ${name}.`
}

/** A length of time as people say it. */
export function inWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000))
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}

function explain([name, { problem, reason, lastError }]: [string, ComponentHealth]): string {
  if (problem) return `${problem.headline}: ${problem.why} ${problem.fix}`
  const why = [reason, lastError].find((text) => typeof text === 'string')
  return `Not well: ${name}${typeof why === 'string' ? ` (${why.replace(/\.$/, '')})` : ''}.`
}

function flowSentence({ startedAt, lastMessageAt, lastAnswerAt }: Activity): string {
  const ago = (date: Date): string => inWords(Date.now() - date.getTime())
  if (!lastMessageAt) return `No message since the start ${ago(startedAt)} ago.`
  const answer = lastAnswerAt ? `last answer ${ago(lastAnswerAt)} ago` : 'no answer yet'
  return `Last message ${ago(lastMessageAt)} ago, ${answer}.`
}

function weightOf(name: string): number {
  const index = WEIGHT.indexOf(name)
  return index === -1 ? WEIGHT.length : index
}
