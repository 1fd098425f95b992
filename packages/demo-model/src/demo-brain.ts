import type { AssistantDirectory, PluginSummary } from '@pluggram/sdk'
import { pluginTitle } from '@pluggram/sdk/runtime'
import {
  capabilities,
  DEMO_MODEL,
  GREETING,
  greeting,
  identity,
  isCapabilityQuestion,
  isConnectQuestion,
  isIdentityQuestion,
  suggestion,
  usageOf,
} from './about-me.ts'
import { CERTAIN } from './command-matcher.ts'
import type { CommandMatch } from './command-matcher.ts'
import { chooseTool } from './choose-tool.ts'
import type { ChosenTool } from './choose-tool.ts'
import type { DemoTool } from './demo-tool.ts'
import type { DemoAct, DemoTurn } from './demo-turn.ts'
import { CONNECT_A_MODEL } from './facts.ts'
import { foreignLanguageApology } from './foreign-language.ts'
import { createKnowledgeSource } from './knowledge.ts'
import type { Knowledge } from './knowledge.ts'
import type { KnownCommand } from './known-command.ts'
import { plain, shorten } from './markdown-text.ts'
import { recall } from './recall.ts'
import { smallTalk } from './small-talk.ts'
import { exampleUsage } from './example-usage.ts'
import { TEXTS } from './texts.ts'
import { askForMissing, showResults } from './tool-answers.ts'
import { contentWords, pick } from './words.ts'

/** Enough for a question; the rest of a longer text is ignored. */
const MAX_INPUT = 1_000
const MAX_HELP = 1_500
/** Matches sentences that ask what something is instead of asking to do it. */
const EXPLAIN =
  /^(how does|tell me (more )?about|what is|whats|what does|explain|describe|help|info(rmation)?)\b/
/** Requests that need a real model, whatever the topic. */
const CREATIVE = /\b(poem|haiku|story|song|essay|joke|riddle|recipe|summary|summarise|summarize|translate)\b/

/**
 * Answers from help texts. Rules are ordered from certain to vague, and the first match answers.
 * The order: explicit commands, small talk, questions about the conversation, itself or models,
 * sentences that mean a tool or a command, matching help texts, and other languages. Otherwise it
 * says that it does not know.
 */
export class DemoBrain {
  readonly #knowledge: () => Knowledge

  constructor(directory: () => AssistantDirectory) {
    this.#knowledge = createKnowledgeSource(directory)
  }

  /**
   * Decides how to respond to the last turn. Deterministic for the same conversation.
   * @param results results of the tools called for it
   */
  act(turns: readonly DemoTurn[], tools: readonly DemoTool[] = [], results: readonly string[] = []): DemoAct {
    const last = turns.at(-1)
    const history = turns.slice(0, -1)
    const text = withoutSpeaker(last?.role === 'user' ? withoutNotes(last.text) : '').slice(0, MAX_INPUT)
    const act: DemoAct =
      results.length > 0
        ? { kind: 'text', text: showResults(results) }
        : decide(text, { history, tools, knowledge: this.#knowledge() })
    if (act.kind === 'call') return act
    const isFirst = !history.some(({ role }) => role === 'assistant')
    return isFirst && !act.text.includes('demo model')
      ? write(`${act.text}\n\n_I am ${DEMO_MODEL}. Ask “how do I connect a model?” for a real one._`)
      : act
  }
}

/** `what does /roll do?`, `how do I use /remind`. */
const COMMAND_QUESTION =
  /^\s*(?:what|how|why|when|explain|describe|is|tell me)\b[^/]{0,60}\/([a-z0-9_]{1,32})(?![\w/])/i

interface Surroundings {
  readonly history: readonly DemoTurn[]
  readonly tools: readonly DemoTool[]
  readonly knowledge: Knowledge
}

function decide(text: string, { history, tools, knowledge }: Surroundings): DemoAct {
  if (text.trim() === '') return write(TEXTS.canOnlyReadText(suggestion(knowledge)))
  const slash = /^\s*\/([a-z0-9_]{1,64})/i.exec(text)?.[1]?.toLowerCase()
  if (slash) return write(unknownCommand(slash, text, knowledge))

  const asked = COMMAND_QUESTION.exec(text)?.[1]?.toLowerCase()
  if (asked !== undefined) return write(aboutCommand(asked, text, knowledge))

  const seed = `${text}#${history.length}`
  const whole = clean(text)
  if (GREETING.test(whole)) return write(greeting(knowledge, seed))
  const sentence = withoutPoliteness(whole)
  const quick = smallTalk(whole, seed) ?? smallTalk(sentence, seed) ?? recall(sentence, history)
  if (quick) return write(quick)
  if (isIdentityQuestion(sentence)) return write(identity(knowledge, sentence))

  const subject = EXPLAIN.test(sentence) ? findPlugin(sentence, knowledge) : undefined
  if (subject) return write(aboutPlugin(subject))
  const match = knowledge.matcher.match(sentence)
  const chosen = chooseTool(text, tools, knowledge.commands)
  if (chosen && (!match || isWeaker(match, chosen))) {
    return chosen.missing.length > 0
      ? write(askForMissing(chosen))
      : { kind: 'call', name: chosen.tool.name, args: chosen.args }
  }
  // while the demo model answers there is no model to choose, so /model does not help
  if (isConnectQuestion(sentence) && (!match || match.known.command.name === 'model')) {
    return write(CONNECT_A_MODEL)
  }
  if (match && match.confidence >= CERTAIN) return write(useCommand(match.known, text, seed))
  if (isConnectQuestion(sentence)) return write(CONNECT_A_MODEL)
  if (isCapabilityQuestion(sentence)) return write(capabilities(knowledge))
  const hit = knowledge.search.find(sentence)
  if (hit?.kind === 'plugin') return write(aboutPlugin(hit.plugin))
  if (hit && !CREATIVE.test(sentence)) return write(hit.fact.text)
  if (match) return write(useCommand(match.known, text, seed))

  const apology = foreignLanguageApology(text)
  if (apology !== undefined) {
    return write(
      TEXTS.onlyEnglish(apology && `${apology}\n\n`, DEMO_MODEL, suggestion(knowledge), CONNECT_A_MODEL),
    )
  }
  return write(unknown(knowledge, history, seed))
}

/** A command gives way to a tool of its plugin; the one that deletes everything, to any tool. */
function isWeaker(match: CommandMatch, { tool, confidence }: ChosenTool): boolean {
  const { command, plugin } = match.known
  return plugin?.name === tool.plugin || confidence > match.confidence || command.name === 'forget_me'
}

function write(text: string): DemoAct {
  return { kind: 'text', text }
}

/** What a command is for; to ask about it must not run it. */
function aboutCommand(name: string, text: string, knowledge: Knowledge): string {
  const known = knowledge.commands.find(({ command }) => command.name === name)
  if (!known) return unknownCommand(name, text, knowledge)
  return `${usageOf(known)}: ${asSentence(known.command.description)}`
}

function unknownCommand(name: string, text: string, knowledge: Knowledge): string {
  const known = knowledge.commands.find(({ command }) => command.name === name)
  if (known) return TEXTS.gaveNoAnswer(usageOf(known), asSentence(known.command.description))
  const closest = knowledge.matcher
    .similarNames(name)
    .flatMap((similar) => knowledge.commands.filter(({ command }) => command.name === similar))
  if (closest.length === 0) return TEXTS.noSuchCommand(plain(name))
  const lines = closest.map(
    ({ command }) => `- ${plain(exampleUsage(command, text))}: ${plain(command.description)}`,
  )
  return TEXTS.didYouMean(plain(name), lines.length === 1 ? 'this' : 'one of these', lines.join('\n'))
}

function useCommand(known: KnownCommand, text: string, seed: string): string {
  const { command, plugin } = known
  const what = plugin ? plain(pluginTitle(plugin)) : 'this command'
  const lead = pick([TEXTS.canDo(upperFirst(what)), TEXTS.use(what), TEXTS.isForThat(what)], seed)
  return TEXTS.tapSend(lead, plain(exampleUsage(command, text)), asSentence(command.description))
}

/** The plugin that a sentence names. */
function findPlugin(sentence: string, { plugins }: Knowledge): PluginSummary | undefined {
  const said = contentWords(sentence)
  return plugins.find((plugin) =>
    [plugin.name.replaceAll('_', ' '), pluginTitle(plugin)].some((name) => {
      const nameWords = contentWords(name)
      return nameWords.size > 0 && nameWords.isSubsetOf(said)
    }),
  )
}

function aboutPlugin(plugin: PluginSummary): string {
  const title = `**${plain(pluginTitle(plugin))}**${plugin.description ? `: ${plain(plugin.description)}` : TEXTS.isPlugin}`
  const commands = plugin.commands.map(
    (command) => `- ${usageOf({ command, plugin })}: ${plain(command.description)}`,
  )
  return [title, plugin.help && shorten(plugin.help, MAX_HELP), commands.join('\n')]
    .filter(Boolean)
    .join('\n\n')
}

function unknown(knowledge: Knowledge, history: readonly DemoTurn[], seed: string): string {
  const hasExplained = history.some(({ role, text }) => role === 'assistant' && text.includes('three ways'))
  const sorry = pick(
    [TEXTS.dontKnow(DEMO_MODEL), TEXTS.cantHelp(DEMO_MODEL), TEXTS.cantAnswer(DEMO_MODEL)],
    seed,
  )
  const connect = hasExplained ? TEXTS.connectInShort : CONNECT_A_MODEL
  return `${sorry} ${suggestion(knowledge)}\n\n${connect}`
}

/**
 * Removes what the assistant adds to a message: results of approved calls, and the quoted message.
 */
function withoutNotes(text: string): string {
  return text
    .replace(/^(?:\[Meanwhile [^\n]*\](?:\n<(data-[0-9a-f]{12})[^>\n]*>\n[\s\S]*?\n<\/\1>)?\n\n)+/, '')
    .replace(/\n\n\[answers this message: “[^\n]*”\]$/, '')
}

/** “Make a poll: …” begins with no name. */
const ORDER = /\b(?:an?|the|me|my|to|please|poll|vote|note)\b/i

/** Removes the author's name and colon at the start of group messages. */
function withoutSpeaker(text: string): string {
  const [name = ''] = /^[^\s:/?!.][^:\n/?!]{0,63}: (?=\S)/.exec(text) ?? []
  return ORDER.test(name) ? text : text.slice(name.length)
}

function clean(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/['’]/g, '')
    .replaceAll(/[^\p{L}\p{N}\s/+.-]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .replace(/[\s.]+$/, '')
    .trim()
}

function withoutPoliteness(sentence: string): string {
  const rest = sentence
    .replace(/^((hi|hello|hey|ok|okay|so|well|please|um|uh|and|but|excuse me|sorry)( there)? )+/, '')
    .replace(/^(can|could|would|will) you (please )?(tell|explain|show)( to)? me /, '')
    .replace(/( please| pls| thanks| thank you| then| now)+$/, '')
  return rest || sentence
}

function asSentence(text: string): string {
  return plain(text).replace(/[.!?]?$/, (end) => end || '.')
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
