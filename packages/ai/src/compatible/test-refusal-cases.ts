import { answer, error, HELLO_TWO, refuses, refusesTools } from './test-server-cases.ts'
import type { SentRequest, ServerCase } from './test-server-cases.ts'

const TOOLS_LOG = /refuses tools/

/** What servers refuse, and in which words. */
export const REFUSAL_CASES: readonly ServerCase[] = [
  {
    family: 'OpenRouter',
    what: 'no endpoint that takes tools',
    reply: refusesTools(404, error('No endpoints found that support tool use.', { code: 404 })),
    gives: { ...HELLO_TWO, log: /No endpoints found that support tool use/ },
  },
  {
    family: 'OpenRouter',
    what: 'no endpoint that the account allows',
    reply: refuses(404, error('No endpoints found matching your data policy.', { code: 404 })),
    gives: { error: 'ai-misconfigured', requests: 2, log: /data policy/ },
  },
  {
    family: 'OpenRouter',
    what: 'the words of the server behind it',
    reply: refuses(400, {
      error: {
        message: 'Provider returned error',
        code: 400,
        metadata: { raw: '{"error":{"message":"prompt blocked by acme"}}', provider_name: 'Acme' },
      },
    }),
    gives: { error: 'ai-refused', requests: 2, log: /prompt blocked by acme/ },
  },
  {
    family: 'llama.cpp',
    what: 'tools need a switch of the server',
    reply: refusesTools(500, error('tools param requires --jinja flag', { code: 500, type: 'server_error' })),
    gives: { ...HELLO_TWO, log: /requires --jinja flag/ },
  },
  {
    family: 'llama.cpp',
    what: 'messages of one role in a row',
    reply: ({ messages }) =>
      messages.some(({ role }, index) => messages[index + 1]?.role === role)
        ? refuses(500, error('Jinja Exception: Conversation roles must alternate user and assistant roles'))
        : answer('Hello.'),
    gives: HELLO_TWO,
  },
  {
    family: 'Ollama',
    what: 'a model without tools',
    reply: refusesTools(
      400,
      error('registry.ollama.ai/library/gemma3:4b does not support tools', { type: 'api_error' }),
    ),
    gives: { ...HELLO_TWO, log: TOOLS_LOG },
  },
  {
    family: 'Ollama',
    what: 'a model that is not there',
    reply: refuses(404, error('model "m" not found, try pulling it first', { type: 'not_found_error' })),
    gives: { error: 'ai-misconfigured', log: /try pulling it first/ },
  },
  {
    family: 'vLLM',
    what: 'tools need switches of the server',
    reply: refusesTools(400, {
      object: 'error',
      message: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
      code: 400,
    }),
    gives: { ...HELLO_TWO, log: TOOLS_LOG },
  },
  {
    family: 'vLLM',
    what: 'stream_options, as a list of what is wrong',
    reply: ({ stream_options: options }) =>
      options
        ? refuses(400, {
            object: 'error',
            message:
              "[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options'), 'msg': 'Extra inputs are not permitted'}]",
            code: 400,
          })
        : answer('Hello.'),
    gives: { ...HELLO_TWO, log: /extra_forbidden/ },
  },
  {
    family: 'Mistral',
    what: 'stream_options with 422',
    reply: ({ stream_options: options }) =>
      options
        ? refuses(422, {
            detail: [
              {
                type: 'extra_forbidden',
                loc: ['body', 'stream_options'],
                msg: 'Extra inputs are not permitted',
              },
            ],
          })
        : answer('Hello.'),
    gives: { ...HELLO_TWO, log: /body\.stream_options: Extra inputs/ },
  },
  {
    family: 'a strict server',
    what: 'stream_options first, then tools',
    reply: ({ stream_options: options, tools }) =>
      options
        ? refuses(400, error('unknown field stream_options'))
        : tools
          ? refuses(501, error('tools: not implemented'))
          : answer('Hello.'),
    gives: { text: 'Hello.', requests: 3 },
  },
  {
    family: 'TGI',
    what: 'tools, without saying so',
    reply: refusesTools(422, { detail: 'Template error: undefined value' }),
    gives: { ...HELLO_TWO, log: TOOLS_LOG },
  },
  {
    family: 'LocalAI',
    what: 'a fault for every request with tools, without saying so',
    reply: refusesTools(500, error('Internal Server Error')),
    gives: { text: 'Hello.', requests: 3, log: TOOLS_LOG },
  },
  {
    family: 'DeepSeek',
    what: 'tool_choice of a model that thinks',
    reply: ({ tool_choice: choice }) =>
      choice ? refuses(400, error('deepseek-reasoner does not support this tool_choice')) : answer('Hello.'),
    gives: HELLO_TWO,
  },
  {
    family: 'Azure',
    what: 'streaming of a model that has none',
    reply: ({ stream }) =>
      stream
        ? refuses(
            400,
            error(
              "Unsupported value: 'stream' does not support true with this model. Only the default (false) value is supported.",
              { param: 'stream', code: 'unsupported_value' },
            ),
          )
        : {
            type: 'application/json',
            body: JSON.stringify({
              choices: [
                { index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' },
              ],
            }),
          },
    gives: HELLO_TWO,
  },
  {
    family: 'Azure',
    what: 'max_tokens under its old name',
    reply: ({ max_tokens: old, max_completion_tokens: limit }) =>
      old !== undefined
        ? refuses(
            400,
            error(
              "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
              { code: 'unsupported_parameter' },
            ),
          )
        : limit === 50
          ? answer('Hello.')
          : refuses(400, error('no limit')),
    gives: HELLO_TWO,
  },
  {
    family: 'Gemma’s template',
    what: 'the system message',
    reply: (request) =>
      hasRole(request, 'system') ? refuses(400, error('System role not supported')) : answer('Hello.'),
    gives: HELLO_TWO,
  },
  {
    family: 'DeepSeek',
    what: 'a model that does not exist, with 400',
    reply: refuses(400, error('Model Not Exist', { code: 'invalid_request_error' })),
    gives: { error: 'ai-misconfigured', log: /Model Not Exist/ },
  },
  {
    family: 'Groq',
    what: 'one tool, by its name',
    reply: ({ tools = [] }) =>
      tools.some(({ function: { name } }) => name === 'odd__tool')
        ? refuses(
            400,
            error("Invalid schema for function 'odd__tool': schema must have type 'object'", {
              code: 'invalid_function_parameters',
            }),
          )
        : tools.length > 0
          ? answer('Hello.')
          : refuses(400, error('all tools are gone')),
    gives: { ...HELLO_TWO, log: /refuses the tool odd__tool/ },
  },
  {
    family: 'Anthropic’s compatible door',
    what: 'one tool, by its place',
    reply: ({ tools = [] }) =>
      tools.length === 2
        ? refuses(
            400,
            error(
              'tools.1.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level',
            ),
          )
        : tools.length === 1
          ? answer('Hello.')
          : refuses(400, error('all tools are gone')),
    gives: { ...HELLO_TWO, log: /refuses the tool odd__tool/ },
  },
  {
    family: 'any',
    what: 'a wrong key: nothing is left out',
    reply: refuses(
      401,
      error('Incorrect API key provided: sk-abcdefghijklmnopqrstuvwxyz0123', { code: 'invalid_api_key' }),
    ),
    gives: { error: 'ai-misconfigured', log: /Incorrect API key provided: \*\*\*/ },
  },
  {
    family: 'any',
    what: 'too many requests',
    reply: refuses(429, error('You exceeded your current requests')),
    gives: { error: 'ai-overloaded', requests: 2, later: 2, log: /exceeded your current requests/ },
  },
  {
    family: 'any',
    what: 'no credit',
    reply: refuses(402, error('Insufficient credits', { code: 'insufficient_credits' })),
    gives: { error: 'ai-misconfigured', log: /Insufficient credits/ },
  },
  {
    family: 'OpenRouter',
    what: 'no credit, told by the status only',
    reply: refuses(402, error('This request requires more credits', { code: 402 })),
    gives: { error: 'ai-misconfigured', log: /requires more credits/ },
  },
  {
    family: 'OpenRouter',
    what: 'words that its moderation refuses',
    reply: refuses(403, error('Your input was flagged by moderation', { code: 403 })),
    gives: { error: 'ai-refused', log: /flagged by moderation/ },
  },
  {
    family: 'any',
    what: 'a page as an error',
    reply: { status: 503, type: 'text/html', body: '<html><title>503 Service Unavailable</title></html>' },
    gives: { error: 'ai-unavailable', requests: 2, later: 2, log: /503 Service Unavailable/ },
  },
]

function hasRole({ messages }: SentRequest, role: string): boolean {
  return messages.some((message) => message.role === role)
}
