import { relative } from 'node:path'
import { isTest } from './house.ts'
import type { House } from './house.ts'

/**
 * Words that used to name something here, each with its replacement. They are refused in names and
 * comments of the production code; the glossary has the current words. Add a word when its last use
 * is gone.
 */
const RETIRED: Readonly<Record<string, string>> = {
  OutboxPart: 'OutgoingMessage',
  OutboxEntry: 'OutboxRow',
  InterimPart: 'OutgoingMessage',
  InterimReply: 'OutgoingMessage',
  PlannedMessage: 'OutgoingMessage',
  SettledReply: 'Reply',
  Messenger: 'format, outbox, sender or transport',
  maskReplies: 'format',
  KeyLocks: 'KeyLock',
  OneAtATime: 'KeyLock',
  settling: 'starting, finishing or waiting',
  forwarder: 'sender',
  postman: 'sender',
  bootstrap: 'start',
  ctx: 'context',
  cfg: 'config',
}
const WORDS = new RegExp(`(?<![A-Za-z])(?:${Object.keys(RETIRED).join('|')})(?![a-z])`, 'g')

/** Every use of a retired word, one line each. */
export function checkWords({ root, files }: House): string[] {
  return (
    [...files.values()]
      .map(({ path, text }) => ({ file: relative(root, path), text }))
      // the playground really is a messenger
      .filter(({ file }) => !isTest(file) && !file.startsWith('apps/console/'))
      .flatMap(({ file, text }) =>
        [...text.matchAll(WORDS)].map(({ 0: word, index }) => {
          const line = text.slice(0, index).split('\n').length
          return `${file}:${line} says "${word}"; the word is: ${RETIRED[word]}`
        }),
      )
  )
}
