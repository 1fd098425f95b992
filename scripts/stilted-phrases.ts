import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { isTest } from './house.ts'
import type { House } from './house.ts'

/**
 * Phrases that read like a translation, each with what to write instead. They are refused in the
 * code and in everything that people read.
 */
const STILTED: readonly (readonly [phrase: RegExp, better: string])[] = [
  [/\banew\b/i, 'again, or restart'],
  [/\bstands? (?:in (?!for|place)|there\b)/i, 'is in, is written there'],
  [/\bof which nobody knows\b/i, 'with an unknown outcome'],
  [/\bmay be used of\b/i, 'the limit'],
  [/\blately\b/i, 'recently'],
  [/\bwhose abilities are\b/i, 'extended with'],
  [/\bis kept about you\b/i, 'your data'],
  [/\b(?:is|are) kept from (?:strangers|others)\b/i, 'is restricted'],
  [/\bbehind the command\b/i, 'after the command'],
  [/\bthe language model does not answer right now\b/i, "the AI service isn't responding"],
  [/\bthe answer broke off\b/i, 'the answer was cut off'],
  [/\bbeyond me\b/i, "I can't answer that"],
  [/\bnothing waits\b(?! (?:beyond|for))/i, 'there is nothing yet'],
  [/\bwhat shall I\b/i, 'what should I'],
  [/\bI know no\b/i, "I don't know the"],
  [/\bI do not see when\b/i, 'when should I …?'],
  [/\bkeep their moment\b/i, "won't move"],
  [/\b(?:used up for now|starts anew)\b/i, 'the limit resets'],
  [/\b(?:was|is) used of the\b/i, 'the use of the'],
  [/\bhow I (?:am doing|behave)\b/i, 'status, style'],
  [/\bdid not live to see\b/i, 'crashed during'],
  [/\bwas left to nobody\b|\brejected promise to nobody\b/i, 'unhandled promise rejection'],
  [/\bthrew outside of any call\b|\bthrown outside of any call\b/i, 'threw an error outside a call'],
  [/\banswer that is no result\b/i, 'an invalid result'],
  [
    /\b(?<!there )(?:is|are|was) no (?:number|text|e-?mail|JSON|folder|address|web address|file|language|picture|object|place)\b/i,
    'is not a …',
  ],
  [/\bis taken back in\b/i, 'reset'],
  [/\bis an owner from now on\b|\bis trusted from now on\b/i, 'is now …'],
  [/\bthis chat follows\b/i, 'subscribed to'],
  [/\bis out of order since\b/i, 'has been stopped'],
]

/** Texts of others, measurements, and the words of the tests' models. */
const NOT_OURS = /^(?:bench|e2e|scripts)\/|^docs\/decisions\/|__fixtures__|test-[a-z-]+\.ts$|CHANGELOG/
const PLACES = ['apps', 'bench', 'docs', 'packages', 'plugins']

/** Every stilted phrase, one line each. */
export function checkPhrases({ root, files }: House): string[] {
  const sources = [...files.values()].filter(({ path }) => !isTest(path))
  const pages = markdownIn(root).map((path) => ({ path, text: readFileSync(path, 'utf8') }))
  return [...sources, ...pages]
    .map(({ path, text }) => ({ file: relative(root, path), text }))
    .filter(({ file }) => !NOT_OURS.test(file))
    .flatMap(({ file, text }) =>
      STILTED.flatMap(([phrase, better]) =>
        [...text.matchAll(new RegExp(phrase, 'gi'))].map(({ 0: said, index }) => {
          const line = text.slice(0, index).split('\n').length
          return `${file}:${line} says "${said.trim()}"; better: ${better}`
        }),
      ),
    )
}

function markdownIn(root: string): string[] {
  const top = readdirSync(root).filter((name) => name.endsWith('.md'))
  const below = PLACES.flatMap((place) => {
    try {
      return readdirSync(join(root, place), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
        .map((name) => join(place, name))
    } catch {
      return []
    }
  })
  return [...top, ...below].map((name) => join(root, name))
}
