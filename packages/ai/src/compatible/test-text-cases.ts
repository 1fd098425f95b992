import { answer, CALL, chunk, END, events } from './test-server-cases.ts'
import type { ServerCase } from './test-server-cases.ts'

const CODE = 'Write `<think>` and `</think>` around it:\n```xml\n<think>\nHm.\n</think>\n```\nDone.'
const FORMAT =
  'Models write it so:\n```\n<tool_call>{"name":"math__add","arguments":{"a":1,"b":2}}</tool_call>\n```'

/** What models write into the text that is not meant for people. */
export const TEXT_CASES: readonly ServerCase[] = [
  ...(
    [
      ['Qwen', '<think>\nHm, 2 < 3.\n</think>\n\nHello.'],
      ['DeepSeek', 'Okay, the user says hello.\nI should answer.\n</think>\n\nHello.'],
      ['GLM', 'They greet. A greeting fits.\n</think>Hello.'],
      ['Claude by a proxy', '<thinking>Hm.</thinking>Hello.'],
      ['Gemini', '<thought>Hm.</thought>\nHello.'],
      ['Magistral', '[THINK]Hm.[/THINK]Hello.'],
      ['Kimi', '◁think▷Hm.◁/think▷Hello.'],
      ['Seed', '<seed:think>Hm.</seed:think>Hello.'],
      [
        'gpt-oss',
        '<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Hello.<|return|>',
      ],
      ['Sky-T1', '<|begin_of_thought|>Hm.<|end_of_thought|><|begin_of_solution|>Hello.<|end_of_solution|>'],
      ['MiniMax', '<think>Hm.</think>\n<think>Hm again.</think>\nHello.'],
      ['a distilled model', '<Thinking>Hm.</Thinking>\n\nHello.'],
      ['Gemma', '<THINK>Hm.</THINK>Hello.<end_of_turn>'],
      ['Mistral', '<think>Hm.</think>Hello.</s>'],
    ] as const
  ).map(([family, text]) => ({
    family,
    what: `thoughts in the text: ${text.slice(0, 24)}`,
    reply: answer(text),
    gives: { text: 'Hello.' },
  })),
  {
    family: 'Phi',
    what: 'a mark at the end',
    reply: answer('Hello.<|end|>'),
    gives: { text: 'Hello.' },
  },
  {
    family: 'any',
    what: 'struck-out text at the end',
    reply: answer('Was <s>$10</s>'),
    gives: { text: 'Was <s>$10</s>' },
  },
  { family: 'any', what: 'a tag that is code', reply: answer(CODE), gives: { text: CODE } },
  {
    family: 'any',
    what: 'a tag in the middle of a sentence',
    reply: answer('The tag <think> opens a thought.'),
    gives: { text: 'The tag <think> opens a thought.' },
  },
  {
    family: 'any',
    what: 'a tag on a line of its own that is never closed',
    reply: answer('Begin with\n<think>\nand go on.'),
    gives: { text: 'Begin with\n<think>\nand go on.' },
  },
  {
    family: 'any',
    what: 'nothing but thoughts',
    reply: answer('<think>Hm.</think>'),
    gives: { error: 'ai-empty', requests: 2 },
  },
  {
    family: 'any',
    what: 'thoughts that never end',
    reply: answer('<think>Hm, and then'),
    gives: { error: 'ai-empty', requests: 2 },
  },
  {
    family: 'DeepSeek',
    what: 'nothing but thoughts beside the text',
    reply: events(chunk({ reasoning_content: 'Hm.' })) + END,
    gives: { error: 'ai-empty', requests: 2 },
  },
  ...(
    [
      ['Hermes', '<tool_call>\n{"name": "math__add", "arguments": {"a": 1, "b": 2}}\n</tool_call>'],
      [
        'Qwen Coder',
        '<tool_call>\n<function=math__add>\n<parameter=a>\n1\n</parameter>\n<parameter=b>\n2\n</parameter>\n</function>\n</tool_call>',
      ],
      [
        'GLM',
        '<tool_call>math__add\n<arg_key>a</arg_key>\n<arg_value>1</arg_value>\n<arg_key>b</arg_key>\n<arg_value>2</arg_value>\n</tool_call>',
      ],
      ['Mistral', '[TOOL_CALLS][{"name": "math__add", "arguments": {"a": 1, "b": 2}}]'],
      ['Devstral', '[TOOL_CALLS]math__add[ARGS]{"a": 1, "b": 2}'],
      ['LM Studio', '[TOOL_REQUEST]{"name": "math__add", "arguments": {"a": 1, "b": 2}}[END_TOOL_REQUEST]'],
      ['Llama 3.1', '<|python_tag|>{"name": "math__add", "parameters": {"a": 1, "b": 2}}<|eom_id|>'],
      ['Llama 3.2', '{"name": "math__add", "parameters": {"a": 1, "b": 2}}'],
      ['Qwen 2.5 Coder', '```json\n{"name": "math__add", "arguments": {"a": 1, "b": 2}}\n```'],
      ['a bare name', '{"name": "add", "arguments": "{\\"a\\": 1, \\"b\\": 2}"}'],
      [
        'MiniMax',
        '<minimax:tool_call>\n<invoke name="math__add">\n<parameter name="a">1</parameter>\n<parameter name="b">2</parameter>\n</invoke>\n</minimax:tool_call>',
      ],
      [
        'DeepSeek',
        '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>math__add\n```json\n{"a": 1, "b": 2}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
      ],
      [
        'Kimi',
        '<|tool_calls_section_begin|><|tool_call_begin|>functions.math__add:0<|tool_call_argument_begin|>{"a": 1, "b": 2}<|tool_call_end|><|tool_calls_section_end|>',
      ],
      [
        'gpt-oss',
        '<|channel|>analysis<|message|>Add.<|end|><|start|>assistant<|channel|>commentary to=functions.math__add <|constrain|>json<|message|>{"a": 1, "b": 2}<|call|>',
      ],
    ] as const
  ).map(([family, text]) => ({
    family,
    what: `a call in the text: ${text.slice(0, 24)}`,
    reply: answer(text),
    gives: { ...CALL, text: '' },
  })),
  {
    family: 'Hermes',
    what: 'words before a call in the text',
    reply: answer(
      'Let me add.\n<tool_call>\n{"name": "math__add", "arguments": {"a": 1, "b": 2}}\n</tool_call>',
    ),
    gives: { ...CALL, text: 'Let me add.\n' },
  },
  {
    family: 'any',
    what: 'a call that is an example in code',
    reply: answer(FORMAT),
    gives: { text: FORMAT },
  },
  {
    family: 'any',
    what: 'JSON that calls no tool',
    reply: answer('{"name": "Ada", "age": 36}'),
    gives: { text: '{"name": "Ada", "age": 36}' },
  },
]
