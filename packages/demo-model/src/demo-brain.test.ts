import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PluginSummary } from '@pluggram/sdk'
import { CHATBOT, createDirectory, DICE } from './test-plugins.ts'
import { DemoBrain } from './demo-brain.ts'
import type { DemoTurn } from './demo-turn.ts'

const HONEST = /built-in demo model, not a large language model/

function ask(text: string, { plugins = [DICE, CHATBOT], history = [] as DemoTurn[] } = {}): string {
  const brain = new DemoBrain(() => createDirectory(...plugins))
  return answerOf(brain, [...history, { role: 'user', text }])
}

function answerOf(brain: DemoBrain, turns: readonly DemoTurn[]): string {
  const act = brain.act(turns)
  if (act.kind !== 'text') throw new Error(`a call of ${act.name} that was not offered`)
  return act.text
}

function conversation(...texts: string[]): DemoTurn[] {
  return texts.map((text, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', text }))
}

describe('commands', () => {
  test.each([
    'roll two dice',
    'Could you please throw a die for me?',
    'I would like to roll some dice',
    'Dice!',
  ])('finds the command meant by “%s”', (text) => {
    expect(ask(text)).toMatch(/^\/roll 2d6$/m)
  })

  test('takes over an argument of the shape that the usage shows', () => {
    expect(ask('please roll 3d20')).toMatch(/^\/roll 3d20$/m)
    expect(ask('roll 3 dice')).toMatch(/^\/roll 2d6$/m)
  })

  test('names commands as plain text, so that Telegram makes them tappable', () => {
    expect(ask('flip a coin')).toMatch(/^\/flip$/m)
    expect(ask('flip a coin')).not.toMatch(/`\/flip/)
  })

  test('finds a command in a group message that begins with the writer’s name', () => {
    expect(ask('Anna Lee: flip a coin')).toMatch(/^\/flip$/m)
  })

  test('suggests the closest commands for a mistyped one and keeps its argument', () => {
    expect(ask('/rol 3d8')).toContain('- /roll 3d8: Roll dice')
    expect(ask('/rlol')).toContain('/roll')
    expect(ask('/staus')).toContain('/status')
  })

  test('does not invent a command that is near nothing', () => {
    const answer = ask('/xyzzy')
    expect(answer).toContain('no command /xyzzy')
    expect(answer).not.toContain('Did you mean')
  })

  test('does not take one shared word for a command', () => {
    expect(ask('how do I add a plugin?', { plugins: [notesPlugin()] })).toContain('plugins/my_plugin.ts')
  })

  test('describes the assistant’s own commands itself and suggests plugins first', () => {
    const own = ['start', 'help', 'status'].map((name) => ({ name, description: 'Own', examples: [] }))
    const plugins = [{ name: 'assistant', description: 'Own', commands: own }, DICE]
    expect(ask('hello', { plugins })).toContain('Try /roll 2d6')
    expect(ask('what can you do?', { plugins })).not.toContain('**assistant**')
    expect(ask('show me the system status', { plugins })).toMatch(/^\/status$/m)
  })

  test('knows plugins that were switched on after it began', () => {
    let plugins: PluginSummary[] = [CHATBOT]
    const brain = new DemoBrain(() => ({ name: 'Ada', plugins: () => plugins }))
    const question: DemoTurn[] = [{ role: 'user', text: 'flip a coin' }]
    expect(answerOf(brain, question)).not.toContain('/flip')
    plugins = [DICE, CHATBOT]
    expect(answerOf(brain, question)).toContain('/flip')
  })
})

describe('honesty', () => {
  test.each(['who are you?', 'are you ChatGPT?', 'What model are you?', 'are you a real AI', 'hello'])(
    'says what it is when asked “%s”',
    (text) => {
      expect(ask(text)).toMatch(HONEST)
    },
  )

  test('denies to be the product it is asked about', () => {
    expect(ask('Are you ChatGPT?')).toMatch(/^No, I'm not ChatGPT\./)
    expect(ask('are you claude')).toMatch(/^No, I'm not Claude\./)
  })

  test.each([
    'What is the capital of France?',
    'write a poem about plugins',
    'what is 2+2',
    'why is the sky blue',
  ])('says that it does not know “%s”, and how to connect a real model', (text) => {
    const answer = ask(text)
    expect(answer).toMatch(HONEST)
    expect(answer).toContain('OPENAI_API_KEY')
    expect(answer).toContain('OPENAI_BASE_URL')
    expect(answer).toContain('Ollama')
  })

  test('explains the three ways in full only once in a conversation', () => {
    const first = ask('why is the sky blue')
    const second = ask('and why is grass green', { history: conversation('why is the sky blue', first) })
    expect(second.length).toBeLessThan(first.length / 1.5)
    expect(second).toContain('OPENAI_BASE_URL')
  })

  test('says in its first answer what it is, and not again in every one', () => {
    expect(ask('flip a coin')).toMatch(HONEST)
    expect(ask('flip a coin', { history: conversation('hi', 'Hello!') })).not.toMatch(HONEST)
  })

  test.each([
    ['Wie geht es dir heute?', 'nur Englisch'],
    ['¿qué puedes hacer por mí?', 'solo entiendo inglés'],
    ['Привет, как дела?', 'по-английски'],
    ['你好吗', '英语'],
  ])('says to “%s” that it understands English only', (text, sorry) => {
    const answer = ask(text)
    expect(answer).toContain(sorry)
    expect(answer).toContain('only understand English')
  })
})

describe('help', () => {
  test.each([
    ['how do I connect a real model?', 'OPENAI_API_KEY'],
    ['can I use ollama', 'ollama pull'],
    ['how to connect telegram', 'TELEGRAM_BOT_TOKEN'],
    ['how do I switch a plugin on?', 'plugins_config.json'],
    ['where is the configuration?', 'PLUGGRAM_HOME'],
    ['what is pluggram', 'your own AI assistant on Telegram'],
    ['is my data private?', 'sends nothing anywhere'],
    ['is everything ok?', '/status'],
  ])('answers “%s”', (question, expected) => {
    expect(ask(question)).toContain(expected)
  })

  test('tells how to connect a model although there is a command that chooses one', () => {
    const model = {
      name: 'model',
      description: 'Choose the AI model',
      examples: ['which model are you', 'change the model'],
    }
    const plugins = [DICE, { ...CHATBOT, commands: [model] }]
    expect(ask('how do I connect a model?', { plugins })).toContain('OPENAI_API_KEY')
  })

  test('lists what the plugins can do', () => {
    const answer = ask('what can you do?')
    expect(answer).toContain('Rolls dice and flips coins')
    expect(answer).toContain('/roll /flip')
  })

  test('explains a plugin with its own help text', () => {
    expect(ask('how does the dice plugin work?')).toContain('**2d6** are two dice with six sides')
  })

  test('shows what plugins say about themselves as text, not as markup', () => {
    const plugin = { ...DICE, description: 'Rolls <b>*dice*</b> [now](http://evil)', help: '' }
    expect(ask('tell me about dice', { plugins: [plugin] })).toContain(
      String.raw`Rolls \<b\>\*dice\*\</b\> \[now\](http://evil)`,
    )
  })
})

describe('the conversation', () => {
  const history = conversation('My name is Zoë', 'Nice to meet you', 'I like tea', 'Good.')

  test('repeats what was said before', () => {
    expect(ask('What did I say?', { history })).toContain('I like tea')
    expect(ask('what was my first message', { history })).toContain('My name is Zoë')
    expect(ask('repeat that', { history })).toContain('Good.')
  })

  test('remembers a name it was told, and only that', () => {
    expect(ask("what's my name?", { history })).toContain('Zoë')
    expect(ask("what's my name?")).toContain('have not told me')
  })

  test('admits that there is nothing to repeat', () => {
    expect(ask('what did I say?')).toContain('Nothing before this')
  })
})

describe('any input', () => {
  test('gets an answer, the same one every time', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.lorem())
    const turn = fc.record({ role: fc.constantFrom('user' as const, 'assistant' as const), text })
    const plugin = fc.record({
      name: fc.string(),
      description: text,
      help: text,
      commands: fc.array(
        fc.record({
          name: fc.string(),
          description: text,
          usage: text,
          examples: fc.array(text, { maxLength: 3 }),
        }),
        { maxLength: 3 },
      ),
    })
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 4 }), fc.array(plugin, { maxLength: 3 }), (turns, plugins) => {
        const answer = answerOf(new DemoBrain(() => createDirectory(...plugins)), turns)
        expect(answer.trim()).not.toBe('')
        expect(answerOf(new DemoBrain(() => createDirectory(...plugins)), turns)).toBe(answer)
      }),
      { numRuns: 300 },
    )
  })

  test('of a hostile length is answered quickly', () => {
    for (const unit of ['a', ' ', 'what can you ', '((((', 'connect ', "'"]) {
      const before = process.cpuUsage()
      expect(ask(unit.repeat(200_000))).not.toBe('')
      expect(process.cpuUsage(before).user).toBeLessThan(1_000_000)
    }
  })
})

function notesPlugin(): PluginSummary {
  return {
    name: 'notes',
    description: 'Keeps notes',
    commands: [{ name: 'note', description: 'Keep a note', examples: ['add a note'] }],
  }
}
