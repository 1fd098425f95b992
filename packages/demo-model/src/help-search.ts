import type { PluginSummary } from '@pluggram/sdk'
import MiniSearch from 'minisearch'
import { FACTS } from './facts.ts'
import type { Fact } from './facts.ts'
import { contentWords, stem, words } from './words.ts'

/** More than this share of a question's words must occur in a text for it to be the answer. */
const MIN_COVERAGE = 0.5

export type HelpHit =
  | { readonly kind: 'fact'; readonly fact: Fact }
  | { readonly kind: 'plugin'; readonly plugin: PluginSummary }

interface Document {
  readonly id: string
  readonly title: string
  readonly keywords: string
  readonly text: string
}

/** Full-text search in the facts about Pluggram and the plugins' help texts. */
export class HelpSearch {
  readonly #hits = new Map<string, HelpHit>()
  readonly #index = new MiniSearch<Document>({
    fields: ['title', 'keywords', 'text'],
    tokenize: words,
    processTerm: stem,
    searchOptions: {
      // the words of a question are already stemmed
      processTerm: (term) => term,
      boost: { title: 3, keywords: 2 },
      prefix: (term) => term.length >= 5,
      fuzzy: (term) => (term.length >= 6 ? 0.17 : false),
    },
  })

  constructor(plugins: readonly PluginSummary[]) {
    for (const fact of FACTS) this.#add(`fact:${fact.id}`, { kind: 'fact', fact }, fact)
    for (const plugin of plugins) {
      this.#add(
        `plugin:${plugin.name}`,
        { kind: 'plugin', plugin },
        {
          title: `${plugin.name} ${plugin.name.replaceAll('_', ' ')}`,
          keywords: [
            plugin.description,
            ...plugin.commands.map(({ name, description }) => `${name} ${description}`),
          ].join(' '),
          text: plugin.help ?? '',
        },
      )
    }
  }

  /** The text that answers a question, if one matches well enough. */
  find(question: string): HelpHit | undefined {
    const query = contentWords(question)
    if (query.size === 0) return undefined
    const found = this.#index.search([...query].join(' ')).find((result) => {
      // a question of two words must match both
      const coverage = result.queryTerms.length / query.size
      if (coverage <= MIN_COVERAGE) return false
      const isTopic = Object.values(result.match).some((fields) =>
        fields.some((field) => field === 'title' || field === 'keywords'),
      )
      // a single word somewhere in a text about Pluggram is weak evidence
      return isTopic || result.queryTerms.length > 1 || String(result.id).startsWith('plugin:')
    })
    return found && this.#hits.get(String(found.id))
  }

  #add(id: string, hit: HelpHit, document: Omit<Document, 'id'>): void {
    if (this.#hits.has(id)) return
    this.#hits.set(id, hit)
    this.#index.add({ id, title: document.title, keywords: document.keywords, text: document.text })
  }
}
