import { answer, CALL, chunk, END, error, events, refuses, says } from './test-server-cases.ts'
import type { ServerCase } from './test-server-cases.ts'

const JSON_TYPE = 'application/json'
const ARGS = '{"a":1,"b":2}'
const call = (fields: object = {}): object => ({
  index: 0,
  id: 'call_1',
  type: 'function',
  function: { name: 'math__add', arguments: ARGS },
  ...fields,
})
const calls = (...list: object[]): object => chunk({ tool_calls: list })
const CALLS_END = events(chunk({}, 'tool_calls'), '[DONE]')

/** How servers write a stream. */
export const STREAM_CASES: readonly ServerCase[] = [
  {
    family: 'OpenAI',
    what: 'the protocol itself',
    reply: answer('Hello.'),
    gives: { text: 'Hello.', reason: 'stop' },
  },
  {
    family: 'OpenRouter',
    what: 'comments before the first word',
    reply: `: OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n${answer('Hello.')}`,
    gives: { text: 'Hello.' },
  },
  {
    family: 'OpenRouter',
    what: 'an error as the first event of a stream with status 200',
    reply: events({ error: { message: 'Rate limit exceeded: free-models-per-min', code: 429 }, choices: [] }),
    gives: { error: 'ai-overloaded', requests: 2, later: 2, log: /free-models-per-min/ },
  },
  {
    family: 'OpenRouter',
    what: 'an error in the middle of an answer',
    reply: events(says('Hel'), {
      error: { code: 502, message: 'Upstream idle timeout exceeded' },
      choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
    }),
    gives: { text: 'Hel', error: 'ai-unavailable' },
  },
  {
    family: 'OpenRouter',
    what: 'thoughts as details beside the text',
    reply:
      events(
        chunk({ content: '', reasoning: null, reasoning_details: [{ type: 'reasoning.text', text: 'Hm.' }] }),
        says('Hello.'),
      ) + END,
    gives: { text: 'Hello.' },
  },
  {
    family: 'Azure',
    what: 'a first event without choices, for the filter',
    reply:
      events({
        choices: [],
        created: 0,
        id: '',
        model: '',
        object: '',
        prompt_filter_results: [{ prompt_index: 0 }],
      }) + answer('Hello.'),
    gives: { text: 'Hello.' },
  },
  {
    family: 'Azure',
    what: 'a filter that stops the answer before its first word',
    reply: events(chunk({}, 'content_filter'), '[DONE]'),
    gives: { error: 'ai-filtered' },
  },
  {
    family: 'Gemini',
    what: 'no reason for the end but [DONE]',
    reply: events(
      chunk({ role: 'assistant', content: 'Hello.' }, null, {
        choices: [{ index: 0, delta: { content: 'Hello.' }, finishReason: 'STOP' }],
      }),
      '[DONE]',
    ),
    gives: { text: 'Hello.', reason: 'stop' },
  },
  {
    family: 'Gemini',
    what: 'calls without an index',
    reply:
      events(calls({ id: 'c1', type: 'function', function: { name: 'math__add', arguments: ARGS } })) + END,
    gives: CALL,
  },
  {
    family: 'Gemini',
    what: 'two calls of one tool with the same index and empty ids',
    reply:
      events(
        calls(call({ id: '' })),
        calls(call({ id: '', function: { name: 'math__add', arguments: '{"a":3,"b":4}' } })),
      ) + END,
    gives: { calls: [...CALL.calls, { name: 'math__add', args: { a: 3, b: 4 } }] },
  },
  {
    family: 'Gemini',
    what: 'a safety stop in its own words',
    reply: events(chunk({}, 'SAFETY'), '[DONE]'),
    gives: { error: 'ai-filtered' },
  },
  {
    family: 'Gemini',
    what: 'an error as a list',
    reply: refuses(429, [
      { error: { code: 429, message: 'Resource has been exhausted', status: 'RESOURCE_EXHAUSTED' } },
    ]),
    gives: { error: 'ai-overloaded', requests: 2, later: 2, log: /Resource has been exhausted/ },
  },
  {
    family: 'Ollama',
    what: 'an empty reason in every chunk',
    reply: events(
      chunk({ role: 'assistant', content: 'Hel' }, ''),
      chunk({ content: 'lo.' }, ''),
      chunk({ content: '' }, 'stop'),
      '[DONE]',
    ),
    gives: { text: 'Hello.', reason: 'stop' },
  },
  {
    family: 'Ollama',
    what: 'its own protocol, a JSON value a line',
    reply: {
      type: 'application/x-ndjson',
      body: `${JSON.stringify({ model: 'm', message: { role: 'assistant', content: 'Hel' }, done: false })}\n${JSON.stringify({ model: 'm', message: { role: 'assistant', content: 'lo.' }, done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 2 })}\n`,
    },
    gives: { text: 'Hello.', reason: 'stop' },
  },
  {
    family: 'Ollama',
    what: 'arguments as an object',
    reply: events(calls({ function: { name: 'math__add', arguments: { a: 1, b: 2 } } })) + CALLS_END,
    gives: CALL,
  },
  {
    family: 'llama.cpp',
    what: 'a whole answer although a stream was asked for, with arguments as an object',
    reply: {
      type: JSON_TYPE,
      body: JSON.stringify({
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              content: null,
              tool_calls: [
                { id: 'x', type: 'function', function: { name: 'math__add', arguments: { a: 1, b: 2 } } },
              ],
            },
            finish_reason: 'tool_calls',
          },
        ],
      }),
    },
    gives: CALL,
  },
  {
    family: 'llama.cpp',
    what: 'null chunks between the words',
    reply: events(says('Hel'), null, says('lo.')) + END,
    gives: { text: 'Hello.' },
  },
  {
    family: 'llama.cpp',
    what: 'an error that is an event of its own kind',
    reply:
      'error: {"code":500,"message":"slot unavailable","type":"server_error"}\n\n' +
      events(error('slot unavailable', { code: 503 })),
    gives: { error: 'ai-unavailable', requests: 2, later: 2, log: /slot unavailable/ },
  },
  {
    family: 'vLLM',
    what: 'a whole answer, printed over several lines',
    reply: {
      type: JSON_TYPE,
      body: JSON.stringify(
        {
          choices: [
            { message: { role: 'assistant', content: 'Hello.', tool_calls: [] }, finish_reason: 'stop' },
          ],
          usage: { prompt_tokens: 3, completion_tokens: 2 },
        },
        null,
        2,
      ),
    },
    gives: { text: 'Hello.', reason: 'stop' },
  },
  {
    family: 'vLLM',
    what: 'an error object without a frame, with status 200',
    reply: {
      type: JSON_TYPE,
      body: JSON.stringify({
        object: 'error',
        message: 'The engine is dead',
        type: 'InternalServerError',
        code: 500,
      }),
    },
    gives: { error: 'ai-unavailable', requests: 3, later: 2, log: /engine is dead/ },
  },
  {
    family: 'vLLM',
    what: 'line feeds after carriage returns, and no space after the colon',
    reply: answer('Hello.').replaceAll('data: ', 'data:').replaceAll('\n', '\r\n'),
    gives: { text: 'Hello.' },
  },
  {
    family: 'LM Studio',
    what: 'an error as a named event',
    reply: 'event: error\ndata: {"error":{"message":"Model unloaded."}}\n\n',
    gives: { error: 'ai-unavailable', requests: 3, later: 2, log: /Model unloaded/ },
  },
  {
    family: 'LM Studio',
    what: 'an error as words',
    reply: refuses(400, {
      error:
        'Trying to keep the first 4200 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens',
    }),
    gives: { error: 'ai-too-long', log: /only 4096 tokens/ },
  },
  {
    family: 'DeepSeek',
    what: 'comments that keep the connection, thoughts, an end for lack of resources',
    reply: `: keep-alive\n\n${events(chunk({ content: null, reasoning_content: 'Hm.' }), says('Hel'), chunk({}, 'insufficient_system_resource'), '[DONE]')}`,
    gives: { text: 'Hel', error: 'ai-unavailable' },
  },
  {
    family: 'Mistral',
    what: 'content as a list of thoughts and texts',
    reply:
      events(
        chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] }),
        chunk({ content: [{ type: 'text', text: 'Hello.' }] }),
      ) + END,
    gives: { text: 'Hello.' },
  },
  {
    family: 'Mistral',
    what: 'the limit of the model as the reason of the end',
    reply: events(says('Hello.'), chunk({}, 'model_length'), '[DONE]'),
    gives: { text: 'Hello.', reason: 'length' },
  },
  {
    family: 'Qwen',
    what: 'choices that are null at the end, and usage as texts',
    reply: events(
      says('Hello.'),
      chunk({}, 'stop'),
      { choices: null, usage: { prompt_tokens: '3', completion_tokens: '2' } },
      '[DONE]',
    ),
    gives: { text: 'Hello.' },
  },
  {
    family: 'Groq',
    what: 'usage in a field of its own',
    reply: events(
      says('Hello.'),
      chunk({}, 'stop', { x_groq: { usage: { prompt_tokens: 3, completion_tokens: 2 } } }),
      '[DONE]',
    ),
    gives: { text: 'Hello.' },
  },
  {
    family: 'a proxy',
    what: 'an answer whose only choice has another number',
    reply: events(
      { choices: [{ index: 5, delta: { content: 'Hello.' } }] },
      { choices: [{ index: 5, delta: {}, finish_reason: 'stop' }] },
      '[DONE]',
    ),
    gives: { text: 'Hello.' },
  },
  {
    family: 'Bedrock gateway',
    what: 'null in the place of calls',
    reply:
      events(chunk({ role: 'assistant', content: 'Hello.', tool_calls: null, function_call: null })) + END,
    gives: { text: 'Hello.' },
  },
  {
    family: 'a proxy of Gemini',
    what: 'the whole arguments of a second call under the number of the first',
    reply:
      events(
        calls(call({ function: { name: 'math__add', arguments: '' } })),
        calls({ index: 0, function: { name: '', arguments: ARGS } }),
        calls({ index: 0, function: { name: '', arguments: '{"a":3,"b":4}' } }),
      ) + END,
    gives: { calls: [...CALL.calls, { name: 'math__add', args: { a: 3, b: 4 } }] },
  },
  {
    family: 'Ollama',
    what: 'arguments that are JSON in a JSON text',
    reply: events(calls(call({ function: { name: 'math__add', arguments: JSON.stringify(ARGS) } }))) + END,
    gives: CALL,
  },
  {
    family: 'Cloudflare',
    what: 'choices without an index, and an old-style text',
    reply: events(
      { choices: [{ text: 'Hel' }] },
      { choices: [{ delta: { content: 'lo.' } }] },
      { choices: [{ finish_reason: 'stop' }] },
      '[DONE]',
    ),
    gives: { text: 'Hello.' },
  },
  {
    family: 'GitHub Copilot',
    what: 'the older kind of call',
    reply: events(
      chunk({ function_call: { name: 'math__add', arguments: '{"a":1,' } }),
      chunk({ function_call: { arguments: '"b":2}' } }),
      chunk({}, 'function_call'),
      '[DONE]',
    ),
    gives: CALL,
  },
  {
    family: 'Anthropic’s compatible door',
    what: 'an end of its own name, and no blank line between events',
    reply: `data: ${JSON.stringify(says('Hello.'))}\ndata: ${JSON.stringify(chunk({}, 'end_turn'))}\ndata: [DONE]\n`,
    gives: { text: 'Hello.', reason: 'stop' },
  },
  {
    family: 'MiniMax',
    what: 'a reply with a status of its own and no choices',
    reply: {
      type: JSON_TYPE,
      body: JSON.stringify({ choices: null, success: false, code: 1002, error_msg: 'rate limit, try later' }),
    },
    gives: { error: 'ai-overloaded', requests: 2, later: 2, log: /rate limit, try later/ },
  },
  {
    family: 'a gateway',
    what: 'its page in place of an answer',
    reply: {
      type: 'text/html',
      body: '<!doctype html>\n<html><head><title>502 Bad Gateway</title></head></html>',
    },
    gives: { error: 'ai-unavailable', requests: 3, later: 2, log: /502 Bad Gateway/ },
  },
  {
    family: 'a gateway',
    what: 'an empty body',
    reply: '',
    gives: { error: 'ai-unavailable', requests: 2, later: 2 },
  },
  {
    family: 'any',
    what: 'an end without a word',
    reply: events(chunk({ role: 'assistant', content: '' })) + END,
    gives: { error: 'ai-empty', requests: 2 },
  },
  {
    family: 'any',
    what: 'a connection that ends without saying so',
    reply: events(says('Hel')),
    gives: { text: 'Hel', error: 'ai-unavailable' },
  },
]
