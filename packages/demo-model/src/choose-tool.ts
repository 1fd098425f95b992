import { CERTAIN, CommandMatcher } from './command-matcher.ts'
import type { DemoTool } from './demo-tool.ts'
import { fillArguments, isVerb } from './fill-arguments.ts'
import type { FilledArguments } from './fill-arguments.ts'
import type { KnownCommand } from './known-command.ts'
import { contentWords } from './words.ts'

/** The tool that a sentence asks for. */
export interface ChosenTool extends FilledArguments {
  readonly tool: DemoTool
  /** 0 to 1. */
  readonly confidence: number
  /** An example sentence from its plugin. */
  readonly example?: string
}

/** Longer texts are not treated as orders. */
const MAX_ORDER = 300
const NEGATION =
  /\b(?:do ?n['’]?t|not|never|no longer|wo ?n['’]?t|cannot|ca ?n['’]?t|without|stop|instead)\b/i
/** Matches sentences that ask about something instead of asking to do it. */
const ABOUT =
  /^(?:how|why|who|where|explain|describe|help|do you|does|did|is|are there|was|were|tell me (?:more )?about)\b/i
/** “What is it used for?” asks about a thing, not about what somebody has used. */
const PURPOSE = /\bused (?:for|to|by)\b/i
const TAKES_AWAY = /\b(?:cancel|delete|remove|clear|erase|drop)\b/i
const POLITE =
  /^(?:(?:hi|hello|hey|ok|okay|so|well|and|please|kindly|can|could|would|will|you|i|want|would like|['’]d like|need|like|to|let['’]?s|lets|now)\b[\s,]*)+/i

/**
 * Finds the tool that a sentence asks for. Words that are clearly arguments are removed first. The
 * rest must match the tool's name, its description, or an example of its plugin's command. A tool
 * with all its arguments is preferred, then the one with the most words matched.
 */
export function chooseTool(
  text: string,
  tools: readonly DemoTool[],
  commands: readonly KnownCommand[],
): ChosenTool | undefined {
  const said = text.trim()
  if (
    said.length > MAX_ORDER ||
    said.includes('\n') ||
    NEGATION.test(said) ||
    ABOUT.test(said) ||
    PURPOSE.test(said)
  )
    return undefined
  const isPolite = POLITE.test(said)
  const order = said.replace(POLITE, '')
  const isQuestion = said.endsWith('?') && !isPolite
  const chosen = tools
    .flatMap((tool) => weigh(tool, order, commands))
    // a question is not an order, except for a tool that needs no arguments, such as a list
    .filter(({ tool }) => !isQuestion || tool.parameters.every(({ isRequired }) => !isRequired))
  const complete = chosen.filter(({ missing }) => missing.length === 0)
  const [first] = (complete.length > 0 ? complete : chosen).toSorted(
    (one, other) =>
      (complete.length > 0 ? taken(other) - taken(one) : 0) ||
      other.confidence - one.confidence ||
      one.tool.tool.length - other.tool.tool.length,
  )
  return first
}

function weigh(tool: DemoTool, order: string, commands: readonly KnownCommand[]): readonly ChosenTool[] {
  // what takes something away is meant only by somebody who says so
  if (TAKES_AWAY.test(tool.tool.replaceAll('_', ' ')) && !TAKES_AWAY.test(order)) return []
  const said = commands.filter((known) => isCommandOf(known, tool)).flatMap(({ command }) => command.examples)
  const filled = fillArguments(order, tool)
  // the arguments are removed from the examples as well
  const examples = said.map((example) => fillArguments(example, tool).rest)
  const matcher = new CommandMatcher([
    { command: { name: tool.tool, description: tool.description, examples } },
  ])
  const [verb = ''] = filled.rest.trim().split(' ')
  // “read https://…”: some verbs are too common to identify a tool on their own
  const isOrder = isVerb(verb, tool) && filled.missing.length === 0 && taken(filled) > 0
  const matched = matcher.match(filled.rest)?.confidence ?? 0
  const confidence = isOrder ? Math.max(matched, CERTAIN) : matched
  const [example] = said
  return confidence < CERTAIN
    ? []
    : [{ tool, confidence, ...filled, ...(example !== undefined && { example }) }]
}

/** Whether a command does the same as a tool: their names match, and both take arguments. */
function isCommandOf(
  { command, plugin }: KnownCommand,
  { plugin: owner, tool, parameters }: DemoTool,
): boolean {
  if (plugin?.name !== owner) return false
  const takesWords = /^\/?\w+\s+\S/.test(command.usage ?? '')
  if (takesWords !== parameters.length > 0) return false
  const name = contentWords(command.name.replaceAll('_', ' '))
  return name.intersection(contentWords(tool.replaceAll('_', ' '))).size > 0
}

function taken({ args }: FilledArguments): number {
  return Object.keys(args).length
}
