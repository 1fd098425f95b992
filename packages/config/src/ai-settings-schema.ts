import { z } from 'zod'
import { httpUrl, seconds } from './schema-parts.ts'
import { toolSettings } from './tool-settings-schema.ts'

const APIS = ['openai', 'anthropic', 'google', 'openai-compatible'] as const
/** Providers that need no entry in `ai.providers`. */
export const BUILT_IN_PROVIDERS = [...APIS, 'llama-cpp', 'demo']
const INPUTS = ['images', 'documents', 'audio'] as const
const PROVIDER_NAME = /^[a-z][a-z0-9-]{0,31}$/
const MODEL = /^(?:demo|[a-z][a-z0-9-]{0,31}:\S{1,200})$/
const OTHER_MODEL = /^(?:auto|off|[a-z][a-z0-9-]{0,31}:\S{1,200})$/
const MODEL_HINT =
  '"provider:model" with openai, anthropic, google, openai-compatible, llama-cpp, demo, or a name of ai.providers'

function modelId(): z.ZodString {
  return z.string().regex(MODEL)
}

function otherModel(what: string): z.ZodDefault<z.ZodString> {
  return z
    .string()
    .regex(OTHER_MODEL)
    .meta({
      description: `The model that ${what}. \`auto\` takes the one of the first provider that has one; \`off\` none.`,
      expected: `"auto", "off", or ${MODEL_HINT}`,
    })
    .default('auto')
}

const provider = z.strictObject({
  api: z
    .enum(APIS)
    .meta({
      description:
        'How the server is spoken to. Default: `openai-compatible`, for the names openai, anthropic and google their own.',
      expected: `one of ${APIS.join(', ')}`,
    })
    .optional(),
  base_url: httpUrl()
    .meta({ description: 'Its address.', expected: 'an http:// or https:// address' })
    .optional(),
  api_key: z
    .string()
    .min(1)
    .max(1024)
    .meta({ description: 'Its key; write `${NAME}` to take it from .env.', expected: 'a key' })
    .optional(),
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9-]{1,100}$/), z.string().max(4096))
    .meta({
      description: 'Headers sent with every request.',
      expected: 'an object of header names with text',
    })
    .default({}),
  takes: z
    .array(z.enum(INPUTS))
    .max(INPUTS.length)
    .meta({
      description: 'Files that its models take. Default: what is known about the model.',
      expected: `an array of ${INPUTS.join(', ')}`,
    })
    .optional(),
})

/** Usage limits for one period. A missing key means no limit. */
const period = z.strictObject({
  tokens: z
    .number()
    .int()
    .min(0)
    .max(1e15)
    .meta({ description: 'Tokens, of questions and answers together.', expected: 'a whole number from 0' })
    .optional(),
  money: z
    .number()
    .min(0)
    .max(1e9)
    .meta({ description: 'Money, in the currency of prices.json.', expected: 'a number from 0' })
    .optional(),
})

type Period = z.ZodPrefault<typeof period>

function allowance(whose: string): z.ZodPrefault<z.ZodObject<{ day: Period; month: Period }>> {
  return z
    .strictObject({ day: period.prefault({}), month: period.prefault({}) })
    .meta({ description: `What ${whose} may use in a day and in a month (UTC).`, expected: 'an object' })
    .prefault({})
}

function requests(description: string, most: number): z.ZodNumber {
  return z
    .number()
    .int()
    .min(1)
    .max(most)
    .meta({ description, expected: `a whole number from 1 to ${most}` })
}

/** The models, who may use them, and how much. */
export const ai = z
  .strictObject({
    model: z
      .union([z.literal('auto'), modelId(), z.array(modelId()).min(1).max(10)])
      .meta({
        description:
          'The language model, or several: when one fails, the next answers. `auto` takes the first that is available: a key in the environment, a local server, the built-in demo model.',
        expected: `"auto", ${MODEL_HINT}, or an array of at most 10 of them`,
      })
      .default('auto'),
    choices: z
      .array(modelId().meta({ expected: MODEL_HINT }))
      .max(100)
      .meta({
        description: 'Models that people may choose for themselves and their chats, beside the default.',
        expected: 'an array of models',
      })
      .default([]),
    base_url: httpUrl()
      .meta({
        description: 'The address of an OpenAI-compatible server.',
        expected: 'an http:// or https:// address',
        examples: ['http://127.0.0.1:8000/v1'],
      })
      .optional(),
    providers: z
      .record(z.string().regex(PROVIDER_NAME), provider)
      .meta({
        description:
          'Further model servers by name (lower case letters, digits, `-`), each with `api`, `base_url`, `api_key`, `headers`, `takes`. A model there is called `name:model`.',
        expected: 'an object of servers',
        takesEffect: 'live',
      })
      .default({}),
    embedding_model: otherModel('turns texts into numbers, for searching'),
    transcription_model: otherModel('turns speech into text'),
    speech_model: otherModel('turns text into speech'),
    speech_voice: z
      .string()
      .min(1)
      .max(100)
      .meta({ description: "The voice of spoken answers. Default: the model's own.", expected: 'a voice' })
      .optional(),
    max_output_tokens: z
      .number()
      .int()
      .min(16)
      .max(1_000_000)
      .meta({
        description:
          'The longest answer in tokens. Default: what the model gives, and 4,096 where a budget applies.',
        expected: 'a whole number from 16 to 1000000',
      })
      .optional(),
    timeouts: z
      .strictObject({
        first_token_seconds: seconds(
          "The longest wait for an answer's first word, all models of a list together.",
        ).default(60),
        between_tokens_seconds: seconds('The longest silence inside an answer.').default(30),
        total_seconds: seconds('The longest time for a whole answer.').default(300),
      })
      .meta({ description: 'Time limits for calls to the model.' })
      .prefault({}),
    tools: toolSettings.prefault({}),
    budgets: z
      .strictObject({
        overall: allowance('everybody together'),
        user: allowance('one user'),
        chat: allowance('one chat'),
        plugin: allowance('one plugin'),
      })
      .meta({
        description: 'Limits on model use. Without one, use is unlimited.',
        examples: [{ overall: { month: { money: 20 } } }],
      })
      .prefault({}),
    at_limit: z
      .union([z.literal('refuse'), modelId()])
      .meta({
        description:
          'What happens when a budget is used up: `refuse`, or a cheaper model that answers instead, with the same budgets once more.',
        expected: `"refuse", or ${MODEL_HINT}`,
      })
      .default('refuse'),
    concurrency: z
      .strictObject({
        user: requests('Requests of one user to models at the same time.', 1_000).default(4),
        overall: requests('Requests to models at the same time.', 10_000).default(256),
      })
      .meta({ description: 'How many requests go to models at once; others wait their turn.' })
      .prefault({}),
  })
  .meta({ description: 'The language models.', takesEffect: 'next start' })
