import MiniSearch from 'minisearch'
import type { KnownCommand } from './known-command.ts'
import { contentWords } from './words.ts'

/** From this confidence on, a sentence probably means the command. */
const LIKELY = 0.5
/** From this confidence on, the command is a better answer than any help text. */
export const CERTAIN = 0.65

export interface CommandMatch {
  readonly known: KnownCommand
  /** 0 to 1. */
  readonly confidence: number
}

interface Vocabulary {
  readonly known: KnownCommand
  readonly examples: readonly ReadonlySet<string>[]
  readonly name: ReadonlySet<string>
  readonly all: ReadonlySet<string>
}

/** Finds the command meant by a sentence or by a mistyped name. */
export class CommandMatcher {
  readonly #vocabularies: readonly Vocabulary[]
  readonly #names: MiniSearch<{ id: string }>

  constructor(commands: readonly KnownCommand[]) {
    this.#vocabularies = commands.map(createVocabulary)
    this.#names = new MiniSearch({
      fields: ['id'],
      // a command's name is one word, including underscores
      tokenize: (text) => [text],
      searchOptions: { prefix: (term) => term.length >= 2, fuzzy: (term) => (term.length <= 3 ? 1 : 2) },
    })
    this.#names.addAll(commands.map(({ command }) => ({ id: command.name })))
  }

  /** The command with the highest confidence, if at least `LIKELY`. */
  match(sentence: string): CommandMatch | undefined {
    const query = contentWords(sentence)
    if (query.size === 0) return undefined
    let best: CommandMatch | undefined
    for (const vocabulary of this.#vocabularies) {
      const confidence = confidenceOf(query, vocabulary)
      if (confidence >= LIKELY && confidence > (best?.confidence ?? 0)) {
        best = { known: vocabulary.known, confidence }
      }
    }
    return best
  }

  /** Names of commands similar to `name`, closest first. */
  similarNames(name: string): string[] {
    return this.#names
      .search(name.slice(0, 32))
      .slice(0, 3)
      .map((result) => String(result.id))
  }
}

function createVocabulary(known: KnownCommand): Vocabulary {
  const { command, plugin } = known
  const examples = command.examples.map(contentWords).filter((example) => example.size > 0)
  const name = contentWords(command.name.replaceAll('_', ' '))
  const rest = contentWords(`${command.description} ${plugin?.name.replaceAll('_', ' ') ?? ''}`)
  const all = new Set([...examples, name, rest].flatMap((part) => Array.from(part)))
  return { known, examples, name, all }
}

/**
 * How well a sentence fits. The best of three counts: its overlap with one example; an example it
 * contains completely; how much of it the name, description and examples cover.
 */
function confidenceOf(query: ReadonlySet<string>, { examples, name, all }: Vocabulary): number {
  let best = 0
  for (const example of examples) {
    const shared = query.intersection(example).size
    best = Math.max(best, (2 * shared) / (query.size + example.size))
    if (example.size > 1 && shared === example.size) best = Math.max(best, 0.75)
  }
  const covered = query.intersection(all).size
  const isNamed = query.intersection(name).size > 0
  // a single word of a description is too little evidence
  if (isNamed || covered > 1) best = Math.max(best, (isNamed ? 0.9 : 0.6) * (covered / query.size))
  return best
}
