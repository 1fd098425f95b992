import { definePlugin, z } from '@pluggram/sdk'
import type { MessageContext, Plugin, PluginDefinition, SetupContext } from '@pluggram/sdk'
import { answerQuestion, describePlace, markPassages } from './answer-question.ts'
import { configuration } from './configuration.ts'
import type { Configuration } from './configuration.ts'
import { documentsCommand, documentsPress } from './documents-command.ts'
import { FolderWatch } from './folder-watch.ts'
import { learnCommand } from './learn-command.ts'
import { Learner } from './learner.ts'
import { Library } from './library.ts'
import { visibleScopes } from './scope.ts'
import { search } from './search.ts'
import { TEXTS } from './texts.ts'

const MAX_QUESTION_CHARACTERS = 1_000
const PASSAGES_FOR_THE_TOOL = 5
const MAX_LISTED = 100

/** Answers questions from documents and cites them. */
const knowledge: PluginDefinition<typeof configuration> = definePlugin({
  name: 'knowledge',
  version: '0.1.0',
  description: 'Answers from your documents',
  help: `Send a text, Markdown, HTML or PDF file with the caption /learn; then /ask answers from it and names the source.

Only you see what you add in our private chat; only a group sees what is added there. /documents lists and deletes.`,
  config: configuration,
  permissions: { ai: true, database: true },
  commands: {
    ask: {
      description: 'Answer a question from the documents',
      usage: '/ask When does the library open?',
      examples: ['what do the documents say about', 'look it up in my documents'],
    },
    learn: {
      description: 'Add a document: the caption of a file, or words',
      usage: '/learn The library opens at 10.',
    },
    documents: { description: 'List and delete documents', examples: ['which documents do you know'] },
  },
  tools: {
    search_knowledge: {
      description:
        'Searches the documents that the user or the owner gave the assistant. Use it when a question may be answered by them. Cite a result by its title and place.',
      schema: z.object({
        query: z.string().min(1).max(500).describe('What to look for, in keywords or a question.'),
      }),
      role: 'everyone',
      effect: 'none',
      async execute({ query }, context) {
        const { config, services } = context
        const library = await Library.open(services.database)
        const found = await search(
          query,
          { scopes: visibleScopes(context), limit: PASSAGES_FOR_THE_TOOL, context },
          { library, services, embeddings: config.embeddings },
        )
        if (found.length === 0) return TEXTS.nothingFoundDocuments
        return { found: found.map(describePlace), passages: markPassages(found) }
      },
    },
    list_documents: {
      description: 'The documents that can be searched here, with their titles.',
      role: 'everyone',
      effect: 'none',
      async execute(_args, context) {
        const library = await Library.open(context.services.database)
        const documents = await library.list(visibleScopes(context))
        return documents.slice(0, MAX_LISTED).map(({ title, passages }) => ({ title, passages }))
      },
    },
  },
  setup: createKnowledge,
})
export default knowledge

async function createKnowledge({ config, services, signal }: SetupContext<Configuration>): Promise<Plugin> {
  const library = await Library.open(services.database)
  const learner = new Learner(library, services, config)
  const folders = new FolderWatch({ folders: config.folders, library, learner, services, signal })
  // not awaited: a large folder takes time; without folders, documents from earlier folders are
  // forgotten
  void folders.look()
  if (config.folders.length > 0) {
    services.effects.setInterval('look at the folders', config.folder_minutes * 60_000, () => folders.look())
  }

  async function ask(question: string, context: MessageContext): Promise<ReturnType<typeof answerQuestion>> {
    const passages = await search(
      question,
      { scopes: visibleScopes(context), limit: config.passages, context },
      { library, services, embeddings: config.embeddings },
    )
    return answerQuestion(question, passages, context, services)
  }

  return {
    async processMessage(_message, context) {
      const { command, callback } = context
      if (callback) return documentsPress(callback.data, context, library)
      switch (command?.name) {
        case 'ask': {
          const question = command.args.slice(0, MAX_QUESTION_CHARACTERS).toWellFormed()
          if (question !== '') return ask(question, context)
          return { success: true, response: TEXTS.addQuestionExampleAsk }
        }
        case 'learn':
          return learnCommand(command.args, context, { learner, config })
        case 'documents':
          return documentsCommand(context, library)
        default:
          return undefined
      }
    },
    async forgetUser({ id }) {
      const documents = await library.addedBy(id)
      for (const document of documents) await library.remove(document.id)
      if (documents.length === 0) return undefined
      return documents.length === 1 ? 'one document' : `${documents.length} documents`
    },
    async getStatus() {
      const documents = await library.list(['everyone'])
      return { status: 'active', documents_for_everybody: documents.length }
    },
    async cleanup() {
      await folders.whenIdle()
    },
  }
}
