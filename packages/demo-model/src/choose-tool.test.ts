import { z } from '@pluggram/sdk'
import type { CommandSummary, PluginSummary } from '@pluggram/sdk'
import { expect, test } from 'vitest'
import { chooseTool } from './choose-tool.ts'
import type { ChosenTool } from './choose-tool.ts'
import { toDemoTool } from './demo-tool.ts'
import type { DemoTool } from './demo-tool.ts'
import type { KnownCommand } from './known-command.ts'

function tool(name: string, description: string, schema: z.ZodObject = z.object({})): DemoTool {
  return toDemoTool({ name, description, inputSchema: z.toJSONSchema(schema) })
}

function command(plugin: string, summary: CommandSummary): KnownCommand {
  const owner: PluginSummary = { name: plugin, commands: [summary] }
  return { command: summary, plugin: owner }
}

const dice = z.object({ dice: z.string().optional().describe('Dice notation such as 2d6+1 or d20') })
const reminder = z.object({
  what: z.string().describe('What to remind of'),
  when: z.string().describe('In English, in the time of the user: "tomorrow at 9", "2027-01-05 10:00"'),
})
const TOOLS = [
  tool('dice__roll', 'Rolls dice and gives the faces and the total. Use it whenever chance decides.', dice),
  tool('reminders__add_reminder', 'Reminds the user of something at a time, by a message here.', reminder),
  tool('reminders__list_reminders', "The user's pending reminders."),
  tool('ai_chatbot__remember', 'Notes a lasting fact about the user.', z.object({ fact: z.string() })),
  tool('web_page__read_web_page', 'Reads a public web page.', z.object({ url: z.string() })),
  tool('calculator__add', 'Adds two numbers', z.object({ a: z.number(), b: z.number() })),
  tool('lamp__switch', 'Switches the lamp', z.object({ state: z.enum(['on', 'off']) })),
  tool(
    'reminders__move_reminder',
    'Moves (changes, reschedules, postpones) a reminder of the user to another time.',
    z.object({
      when: z.string().describe('The new time, in English: "6 pm"'),
      number: z.int().optional().describe('Its number in the list'),
      words: z.string().optional().describe('Some words of the reminder'),
    }),
  ),
  tool(
    'polls_and_forms__make_poll',
    'Makes a poll in this chat: a question with buttons to vote.',
    z.object({ question: z.string(), answers: z.array(z.string()) }),
  ),
  tool('ai_chatbot__show_usage', 'How much of the language model this person has used.'),
  tool('mailer__send', 'Sends a mail', z.object({ to: z.string(), text: z.string() })),
]
const COMMANDS = [
  command('ai_chatbot', {
    name: 'usage',
    description: "See how much I've used",
    examples: ['what have I used', 'show my usage'],
  }),
  command('polls_and_forms', {
    name: 'poll',
    description: 'Ask a question with buttons',
    usage: '/poll Lunch?; Pizza; Soup',
    examples: ['start a poll', 'make a vote about lunch', 'ask the group'],
  }),
  command('dice', {
    name: 'roll',
    description: 'Roll dice',
    usage: '/roll 2d6+1',
    examples: ['roll a dice', 'throw two dice', 'roll a d20'],
  }),
  command('reminders', {
    name: 'remind',
    description: 'Remind me',
    usage: '/remind tomorrow at 9 to water the plants',
    examples: ['remind me tomorrow at 9 to call Ann', 'set a reminder in ten minutes'],
  }),
  command('reminders', {
    name: 'reminders',
    description: 'List your reminders',
    examples: ['list my reminders', 'what are my reminders'],
  }),
]

function choose(text: string): ChosenTool | undefined {
  return chooseTool(text, TOOLS, COMMANDS)
}

test.each([
  ['roll two dice', 'dice__roll', { dice: '2d6' }],
  ['Could you please roll 3 dice?', 'dice__roll', { dice: '3d6' }],
  ['roll a d20', 'dice__roll', { dice: 'd20' }],
  ['throw 4d8+2', 'dice__roll', { dice: '4d8+2' }],
  ['I would like to roll a die', 'dice__roll', {}],
  [
    'remind me tomorrow at 9 to call Ann',
    'reminders__add_reminder',
    { what: 'call Ann', when: 'tomorrow at 9' },
  ],
  [
    'Can you remind me in twenty minutes about the tea?',
    'reminders__add_reminder',
    { what: 'the tea', when: 'in twenty minutes' },
  ],
  [
    'please remind me to water the plants on Friday at 18:30',
    'reminders__add_reminder',
    { what: 'water the plants', when: 'on Friday at 18:30' },
  ],
  [
    'set a reminder for 2027-01-05 10:00 to pay the rent',
    'reminders__add_reminder',
    { what: 'pay the rent', when: '2027-01-05 10:00' },
  ],
  ['what are my reminders?', 'reminders__list_reminders', {}],
  ['list my reminders', 'reminders__list_reminders', {}],
  ['remember that I am vegetarian', 'ai_chatbot__remember', { fact: 'I am vegetarian' }],
  ['read https://example.org/a?b=1.', 'web_page__read_web_page', { url: 'https://example.org/a?b=1' }],
  ['add 2 and 40', 'calculator__add', { a: 2, b: 40 }],
  ['switch the lamp on', 'lamp__switch', { state: 'on' }],
  [
    'send a mail to ann@example.org: see you at nine',
    'mailer__send',
    { to: 'ann@example.org', text: 'see you at nine' },
  ],
  ['move it to 6 pm', 'reminders__move_reminder', { when: '6 pm' }],
  ['Please move it to tomorrow at 10', 'reminders__move_reminder', { when: 'tomorrow at 10' }],
  ['postpone the reminder to 18:30', 'reminders__move_reminder', { when: '18:30' }],
  ['move reminder 2 to 6 pm', 'reminders__move_reminder', { when: '6 pm', number: 2 }],
  [
    'make a poll: Lunch? Pizza, Soup',
    'polls_and_forms__make_poll',
    { question: 'Lunch?', answers: ['Pizza', 'Soup'] },
  ],
  [
    'start a poll: Where do we eat? here; at Ann’s, if she is in',
    'polls_and_forms__make_poll',
    { question: 'Where do we eat?', answers: ['here', 'at Ann’s, if she is in'] },
  ],
  [
    'make a poll about lunch: pizza, soup or salad',
    'polls_and_forms__make_poll',
    { question: 'lunch', answers: ['pizza', 'soup', 'salad'] },
  ],
  ['what have I used?', 'ai_chatbot__show_usage', {}],
  ['show my usage', 'ai_chatbot__show_usage', {}],
])('“%s” asks for %s', (text, name, args) => {
  const chosen = choose(text)
  expect(chosen?.tool.name).toBe(name)
  expect(chosen).toMatchObject({ args, missing: [] })
})

test.each([
  ['remind me to call Ann', ['when']],
  ['remind me every day to call Ann', ['when']],
  ['add 2', ['a', 'b']],
  ['add 2, 3 and 4', ['a', 'b']],
  ['switch the lamp', ['state']],
  ['send a mail', ['to', 'text']],
])('“%s” does not say plainly what the tool needs', (text, missing) => {
  expect(choose(text)?.missing.map(({ name }) => name)).toEqual(missing)
})

test.each([
  'how do I roll dice?',
  'tell me about dice',
  "don't roll the dice",
  'never remind me of that',
  'do you remember me?',
  'is the lamp on?',
  'add 2 and a lot',
  'the weather is nice today',
  'what is the meaning of life',
  `roll two dice ${'and then '.repeat(60)}`,
  'Here is a letter.\nroll two dice',
])('“%s” asks for no tool', (text) => {
  expect(choose(text)).toBeUndefined()
})

test('a tool with a schema that says nothing is never called with made-up arguments', () => {
  for (const inputSchema of [
    null,
    'x',
    { properties: 5, required: 'a' },
    { properties: { a: { type: {} } } },
  ]) {
    const odd = toDemoTool({ name: 'odd__dance', description: 'Dances', inputSchema })
    expect(chooseTool('dance', [odd], [])?.args).toEqual({})
  }
})
