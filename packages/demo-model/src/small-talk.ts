import { pick } from './words.ts'

/** Rules get a normalised sentence: lower case, without apostrophes and final punctuation. */
interface Rule {
  readonly pattern: RegExp
  readonly replies: readonly [string, ...string[]]
}

const RULES: readonly Rule[] = [
  {
    pattern:
      /^(thanks|thank you|thx|ty|cheers|much appreciated)( (a lot|so much|very much|again|for .{1,60}))?$/,
    replies: ['You are welcome!', 'Any time!', 'My pleasure.'],
  },
  {
    pattern:
      /^(bye|goodbye|good night|see you|see ya|cya|later|farewell|have a (nice|good) .{1,30})( later| soon| then)?$/,
    replies: ['Goodbye!', 'See you!', 'Bye for now.'],
  },
  {
    pattern:
      /^(how are you|how are you doing|how is it going|hows it going|how do you do|whats up|sup|you ok)( today| now)?$/,
    replies: ['Fine, thanks. /status shows the details.', 'All good here. /status shows the details.'],
  },
  {
    pattern:
      /^(ok|okay|k|cool|nice|great|good|awesome|perfect|wow|lol|haha+|hm+|alright|got it|i see|interesting)$/,
    replies: ['Good. What else would you like to try?', 'Fine! Ask me what I can do, if you like.', '🙂'],
  },
  {
    pattern: /^(yes|yep|yeah|no|nope|nah|maybe|sure)$/,
    replies: [
      "I can't follow a conversation in demo mode. Tell me in one sentence what you would like to do.",
    ],
  },
  {
    pattern: /^(is )?everything (ok|okay|fine|alright|all right|good|working|running|up)( here| now)?$/,
    replies: ['Send /status: it shows which plugins run and which model answers.'],
  },
  {
    pattern: /^(sorry|my bad|apologies)$/,
    replies: ['No harm done.', 'Never mind!'],
  },
  {
    pattern:
      /^(test|testing|ping|are you there|are you (alive|awake|online)|anybody (there|home)|hello world)$/,
    replies: ['I am here.', 'Yes, it works. I got your message.'],
  },
]

/** Answers a sentence that is only small talk. */
export function smallTalk(sentence: string, seed: string): string | undefined {
  const rule = RULES.find(({ pattern }) => pattern.test(sentence))
  return rule && pick(rule.replies, seed)
}
