import type { TextEntity } from '@pluggram/sdk'
import { describe, expect, it } from 'vitest'
import { readAddress } from './address.ts'

const bot = { id: 99, username: 'Pluggram_bot', firstName: 'Pluggram' }

/** Marks each `@name` as Telegram does. */
function mentionsIn(text: string): TextEntity[] {
  return Array.from(text.matchAll(/(?<![\w/])@\w+/g), (match) => ({
    type: 'mention',
    offset: match.index,
    length: match[0].length,
  }))
}

function read(text: string, given: { isGroup?: boolean; isCaption?: boolean; entities?: TextEntity[] } = {}) {
  const { isGroup = true, isCaption = false, entities = mentionsIn(text) } = given
  return readAddress({ text, entities, isGroup, isCaption }, bot)
}

describe('the words without the address', () => {
  it.each([
    // first
    ['@pluggram_bot what is 2+2?', 'what is 2+2?'],
    ['@PLUGGRAM_BOT, what is 2+2?', 'what is 2+2?'],
    ['@pluggram_bot: remind me', 'remind me'],
    ['@pluggram_bot , remind me', 'remind me'],
    ['@pluggram_bot - remind me', 'remind me'],
    ['@pluggram_bot -5 + 3', '-5 + 3'],
    ['@pluggram_bot .env is missing', '.env is missing'],
    ['@pluggram_bot ?', '?'],
    ['  @pluggram_bot\nremind me', 'remind me'],
    ['\u200f@pluggram_bot، ما الطقس؟', 'ما الطقس؟'],
    ['@pluggram_bot，今天天气怎么样？', '今天天气怎么样？'],
    ['@pluggram_bot、今日の天気は？', '今日の天気は？'],
    ['@pluggram_bot：今日の天気は？', '今日の天気は？'],
    ['@pluggram_bot @pluggram_bot hi', 'hi'],
    // last
    ['what time is it, @pluggram_bot?', 'what time is it?'],
    ['what time is it @pluggram_bot', 'what time is it'],
    ['今日の天気は、@pluggram_bot？', '今日の天気は？'],
    ['thanks @pluggram_bot 🎉', 'thanks 🎉'],
    // in the middle
    ['hey @pluggram_bot what time is it', 'hey what time is it'],
    ['hey, @pluggram_bot, what time is it', 'hey, what time is it'],
    ['/roll @pluggram_bot 2d6', '/roll 2d6'],
    // by name
    ['Pluggram, what time is it?', 'what time is it?'],
    ['pluggram: what time is it?', 'what time is it?'],
    ['Pluggram – what time is it?', 'what time is it?'],
    ['Pluggram，现在几点？', '现在几点？'],
    ['Pluggram، كم الساعة؟', 'كم الساعة؟'],
    ['Pluggram! wake up', 'wake up'],
    ['hey Pluggram, what time is it?', 'hey what time is it?'],
    ['what time is it, Pluggram?', 'what time is it?'],
    ['pluggram_bot, what time is it?', 'what time is it?'],
    // a command
    ['/roll@pluggram_bot 2d6', '/roll 2d6'],
    ['@pluggram_bot /roll 2d6', '/roll 2d6'],
    ['@pluggram_bot, /roll@pluggram_bot 2d6', '/roll 2d6'],
  ])('%j', (text, words) => {
    expect(read(text)).toMatchObject({ text: words, to: 'this' })
  })

  it.each([
    ['@pluggram_bot', 'nothing else is said'],
    ['Pluggram!', 'nothing else is said'],
    ['@pluggram_bot, @other_bot are you both there?', 'others are addressed too'],
    ['@other_bot and @pluggram_bot: are you both there?', 'others are addressed too'],
  ])('%j stays, since %s', (text) => {
    expect(read(text)).toMatchObject({ text, to: 'this' })
  })

  it.each([
    'Pluggram is a bot',
    'I like Pluggram',
    'Pluggrams, all of them',
    '@pluggram_bot_two hi',
    'mail me@pluggram_bot.org',
    'is it called Pluggram?',
  ])('%j addresses nobody', (text) => {
    expect(read(text)).toMatchObject({ text, to: 'nobody' })
  })

  it.each(['/roll@other_bot 2d6', '@pluggram_bot /roll@other_bot', '/roll@other_bot @pluggram_bot'])(
    '%j is for another bot',
    (text) => {
      const said = read(text)
      expect(said.to).toBe('other')
      expect(said.command).toBeUndefined()
    },
  )

  it('are the command of this bot, also behind a mention', () => {
    expect(read('@pluggram_bot /Roll 2d6').command).toEqual({ name: 'roll', args: '2d6' })
    expect(read('/roll @pluggram_bot 2d6').command).toEqual({ name: 'roll', args: '2d6' })
  })

  it('follow a link to the account of the bot', () => {
    const entities = [{ type: 'text_mention', offset: 0, length: 3, userId: 99 }]
    expect(read('Bob what now?', { entities })).toMatchObject({ text: 'what now?', to: 'this' })
    const others = [{ type: 'text_mention', offset: 0, length: 3, userId: 98 }]
    expect(read('Bob what now?', { entities: others })).toMatchObject({ text: 'Bob what now?', to: 'nobody' })
  })

  it('may be empty under a file', () => {
    expect(read('@pluggram_bot', { isCaption: true })).toMatchObject({ text: '', to: 'this' })
  })

  it('keep a plain name in a private chat, where it addresses nobody else', () => {
    expect(read('Pluggram, hi', { isGroup: false })).toMatchObject({ text: 'Pluggram, hi', to: 'nobody' })
    expect(read('@pluggram_bot hi', { isGroup: false })).toMatchObject({ text: 'hi', to: 'this' })
  })

  it('keep their formatting in its place', () => {
    const text = '👋 @pluggram_bot, see docs and @pluggram_bot more'
    const bold = { type: 'bold', offset: text.indexOf('docs'), length: 4 }
    const { text: rest, entities } = read(text, { entities: [...mentionsIn(text), bold] })
    expect(rest).toBe('👋 see docs and more')
    expect(entities).toEqual([{ type: 'bold', offset: rest.indexOf('docs'), length: 4 }])
  })

  it.each([' ', ', ', '@pluggram_bot ', ',Pluggram', 'a, ', '@pluggram_bot @x '])(
    'are found quickly in 4,096 signs of %j',
    (piece) => {
      const text = `${piece.repeat(4_096 / piece.length)}x @pluggram_bot y`
      const before = process.cpuUsage()
      read(text)
      expect(process.cpuUsage(before).user).toBeLessThan(1_000_000)
    },
  )

  it('do without a name of odd signs', () => {
    const odd = { id: 1, username: 'x', firstName: '(*) [bot] 🤖' }
    const typed = { text: '(*) [bot] 🤖, hi', entities: [], isGroup: true, isCaption: false }
    expect(readAddress(typed, odd)).toMatchObject({ text: 'hi', to: 'this' })
    expect(readAddress(typed, { id: 1, username: '' }).to).toBe('nobody')
  })
})
