import { pluginTitle } from '@pluggram/sdk/runtime'
import type { Knowledge } from './knowledge.ts'
import type { KnownCommand } from './known-command.ts'
import { plain } from './markdown-text.ts'
import { TEXTS } from './texts.ts'
import { pick } from './words.ts'

/** Used wherever the demo model introduces itself, so that nobody takes it for a large model. */
export const DEMO_MODEL = 'the built-in demo model, not a large language model'

const IDENTITY = [
  /^(so )?(who|what) (exactly |really )?are you\b(?! (able|doing|good|capable))/,
  /^(whats|what is) your name\b|^introduce yourself\b|^tell me about (you|yourself)\b/,
  /^are you (really )?(an? )?(real |true )?(chat ?gpt|gpt|openai|claude|gemini|copilot|llama|siri|alexa|llm|large|ai|artificial|bot|chatbot|robot|machine|human|person|real|sentient|conscious|intelligent|smart|demo)\b/,
  /\b(which|what)( ai| language| kind of| type of)* (model|llm|ai|version)\b.{0,20}\b(are|is|do|does|did)\b.{0,30}\b(you|this|it|running|used|here|answering)\b/,
  /^(which|what) (ai |language )?(model|llm)( is this| are you)?$/,
  /\bis this (chat ?gpt|gpt|claude|gemini|an? (ai|llm|bot|real))\b/,
  /\bdo you (use|have|run)( an?| any)? (ai|llm|language model)\b/,
  /^who (made|built|created|wrote|programmed) you\b/,
]
const BRAND = /\b(chat ?gpt|gpt(?:-?\d)?|openai|claude|gemini|copilot|llama|siri|alexa)\b/
const CAPABILITIES = [
  /^help( me)?$/,
  /\bwhat (all )?(can|could|do) (you|i|we)( all)? (do|help|offer|ask|say|try)\b/,
  /\bhow can you (help|assist)\b|\bwhat are you (able|good|capable)\b/,
  /\b(what|which|list|show|see|your|all)\b.{0,20}\b(commands|plugins|features|abilities|capabilities|skills|functions)\b.{0,30}$/,
]
const ABOUT_MANAGING =
  /\b(add|write|create|develop|build|install|make|enable|disable|switch|turn|activate|deactivate|own|new|remove|configure)\b/
const CONNECT =
  /\b(connect|use|using|add|set ?up|setup|configure|switch|enable|get|have|hook|plug|run|upgrade|change|need|install|link)\b.{0,60}\b(model|models|llm|chat ?gpt|gpt|openai|claude|anthropic|gemini|ollama|lm studio|llama|vllm|openrouter|mistral|api keys?)\b/

/** Sentences that are only a greeting. */
export const GREETING =
  /^(hi+|hello+|hey+|yo|hiya|howdy|greetings|good (morning|afternoon|evening|day)|hallo|moin|servus|hola|bonjour|salut|ciao)( there| all| everyone| everybody| again| bot| assistant| friend)?$/

export function isIdentityQuestion(sentence: string): boolean {
  return IDENTITY.some((pattern) => pattern.test(sentence))
}

export function isCapabilityQuestion(sentence: string): boolean {
  return CAPABILITIES.some((pattern) => pattern.test(sentence)) && !ABOUT_MANAGING.test(sentence)
}

export function isConnectQuestion(sentence: string): boolean {
  return CONNECT.test(sentence)
}

export function greeting(knowledge: Knowledge, seed: string): string {
  const hello = pick(['Hello!', TEXTS.hi, TEXTS.helloNiceMeet], seed)
  return TEXTS.greeting(hello, plain(knowledge.assistantName), suggestion(knowledge), DEMO_MODEL)
}

export function identity(knowledge: Knowledge, sentence: string): string {
  const brand = BRAND.exec(sentence)?.[1]
  const denial = brand
    ? TEXTS.notThatBrand(brand === 'chatgpt' || brand === 'chat gpt' ? 'ChatGPT' : capitalise(brand))
    : ''
  return TEXTS.whoAmI(
    denial,
    plain(knowledge.assistantName),
    knowledge.assistantName === 'Pluggram' ? '' : ', an assistant built with Pluggram',
    DEMO_MODEL,
  )
}

/** The assistant's own, which nobody calls by a name. */
const UNSEEN: ReadonlySet<string> = new Set(['ai_chatbot', 'approvals', 'people'])

export function capabilities(knowledge: Knowledge): string {
  const lines = knowledge.plugins
    .filter(({ name }) => !UNSEEN.has(name))
    .flatMap((plugin) => {
      const { description, commands } = plugin
      // who asks is unknown here; the owner's own commands are in /help
      const names = commands
        .filter(({ role = 'everyone' }) => role === 'everyone')
        .map((command) => `/${command.name}`)
        .join(' ')
      if (names === '' && commands.length > 0) return []
      const about = description ? `: ${plain(description)}` : ''
      return [`- **${plain(pluginTitle(plugin))}**${about}${names && ` (${names})`}`]
    })
    .slice(0, 30)
  const plugins = lines.length > 0 ? TEXTS.can(lines.join('\n')) : TEXTS.noPlugins
  return TEXTS.capabilities(plugins, DEMO_MODEL)
}

/** Talking needs no command, and managing is for the owner. */
const NO_SUGGESTION: ReadonlySet<string> = new Set(['ai_chatbot', 'admin', 'assistant', 'alerts'])

/** A suggestion what to do next: “Try /roll 2d6, or …”. */
export function suggestion({ commands }: Knowledge): string {
  const [first, second] = commands.filter(({ plugin }) => plugin && !NO_SUGGESTION.has(plugin.name))
  if (!first) return TEXTS.sendHelp
  const more = second ? ` or ${usageOf(second)}` : ''
  return TEXTS.trySendHelp(usageOf(first), more)
}

/** A command's usage; a plain `/name`, so that Telegram makes it tappable. */
export function usageOf({ command }: KnownCommand): string {
  const usage = command.usage?.trim()
  return usage?.startsWith(`/${command.name}`)
    ? plain(usage)
    : `/${command.name}${usage ? ` ${plain(usage)}` : ''}`
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
