import { describe, expect, test } from 'vitest'
import { readReminder } from '../parse-reminder.ts'
import { describeRepeat } from './describe-repeat.ts'
import { nextTime } from './repeat.ts'
import type { RepeatRule } from './repeat.ts'
import { momentOf, wallTimeOf } from './time-zone.ts'

/** A Monday morning. */
const NOW = new Date('2026-11-30T10:00:00Z')

/** When, as the clock shows it, how it repeats, and what. */
function read(text: string, { language = 'en', zone = 'UTC', now = NOW } = {}): string {
  const { what, when } = readReminder(text, { now, zone, defaultHour: 9, language })
  if (!when) return `? | ${what}`
  const { year, month, day, hour, minute } = wallTimeOf(zone, when.due)
  const two = (part: number): string => String(part).padStart(2, '0')
  const at = `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`
  const repeat = when.repeat ? `, ${describeRepeat(when.repeat)}` : ''
  return `${at}${when.isTomorrow ? ' (tomorrow)' : ''}${repeat} | ${what}`
}

describe('what is said in English', () => {
  test.each([
    ['remind me tomorrow at 9 to water the plants', '2026-12-01 09:00 | water the plants'],
    ['in 20 minutes tea', '2026-11-30 10:20 | tea'],
    ['to call Ann on Friday at 14:30', '2026-12-04 14:30 | call Ann'],
    ['tomorrow that the bins go out', '2026-12-01 09:00 | the bins go out'],
    ['on 28 March 2027 at 10:00 change the clocks', '2027-03-28 10:00 | change the clocks'],
    ['2027-01-05 10:00 UTC stand-up', '2027-01-05 10:00 | stand-up'],
    ['that something is happening in 20 minutes', '2026-11-30 10:20 | something is happening'],
    // a length of time in words
    ['in an hour and a half tea', '2026-11-30 11:30 | tea'],
    ['in 2 and a half hours tea', '2026-11-30 12:30 | tea'],
    ['in half an hour tea', '2026-11-30 10:30 | tea'],
    ['in twenty minutes tea', '2026-11-30 10:20 | tea'],
    ['in forty-five minutes pick up the kids', '2026-11-30 10:45 | pick up the kids'],
    ['in 2h30m tea', '2026-11-30 12:30 | tea'],
    ['in a couple of hours tea', '2026-11-30 12:00 | tea'],
    ['in 1.5 hours tea', '2026-11-30 11:30 | tea'],
    ['in a quarter of an hour tea', '2026-11-30 10:15 | tea'],
    ['in 10 minuets tea', '2026-11-30 10:10 | tea'],
    ['2 hours from now tea', '2026-11-30 12:00 | tea'],
    ['in a fortnight pay', '2026-12-14 09:00 | pay'],
    // a time of day in words, with 12 or 24 hours
    ['noon lunch', '2026-11-30 12:00 | lunch'],
    ['at midday lunch', '2026-11-30 12:00 | lunch'],
    ['tomorrow at noon lunch', '2026-12-01 12:00 | lunch'],
    ['at midnight sleep', '2026-12-01 00:00 (tomorrow) | sleep'],
    ['12am sleep', '2026-12-01 00:00 (tomorrow) | sleep'],
    ['at 12 pm lunch', '2026-11-30 12:00 | lunch'],
    ['half past eleven tea', '2026-11-30 11:30 | tea'],
    ['call at quarter to two', '2026-11-30 13:45 | call'],
    ['at twenty past eleven tea', '2026-11-30 11:20 | tea'],
    ['5 past seven pm tea', '2026-11-30 19:05 | tea'],
    ['at five to six tea', '2026-11-30 17:55 | tea'],
    ['at seven pm dinner', '2026-11-30 19:00 | dinner'],
    ['5 p.m. tea', '2026-11-30 17:00 | tea'],
    ['at 17.30 leave', '2026-11-30 17:30 | leave'],
    ['at 1730 leave', '2026-11-30 17:30 | leave'],
    ['at 11 o’clock tea', '2026-11-30 11:00 | tea'],
    ['10:30 pst today call', '2026-11-30 18:30 | call'],
    // parts of a day, which chrono gives its own hours
    ['tonight take out the bins', '2026-11-30 21:00 | take out the bins'],
    ['this evening call', '2026-11-30 19:00 | call'],
    ['tomorrow morning run', '2026-12-01 09:00 | run'],
    ['friday evening at 7 cinema', '2026-12-04 19:00 | cinema'],
    ['tonight at 9 movie', '2026-11-30 21:00 | movie'],
    // what has passed
    ['at 9 call', '2026-12-01 09:00 (tomorrow) | call'],
    ['at 11 call', '2026-11-30 11:00 | call'],
    ['at 2 call', '2026-11-30 14:00 | call'],
    ['at 06:00 wake up', '2026-12-01 06:00 (tomorrow) | wake up'],
    ['monday gym', '2026-12-07 09:00 | gym'],
    ['next monday at 9 gym', '2026-12-07 09:00 | gym'],
    ['Jan 5 party', '2027-01-05 09:00 | party'],
    // days in other words
    ['the day after tomorrow at 8 dentist', '2026-12-02 08:00 | dentist'],
    ['a week from friday pay', '2026-12-11 09:00 | pay'],
    ['3 weeks from today pay', '2026-12-21 09:00 | pay'],
    ['on the 15th at 8 rent', '2026-12-15 08:00 | rent'],
    ['on the 31st rent', '2026-12-31 09:00 | rent'],
    ['christmas call gran', '2026-12-25 09:00 | call gran'],
    ['by friday send the report', '2026-12-04 09:00 | send the report'],
    ['tommorow at 9 pay', '2026-12-01 09:00 | pay'],
    ['tmrw 9am pay', '2026-12-01 09:00 | pay'],
    ['stretch tomorrow 4', '2026-12-01 04:00 | stretch'],
    ['to get up at 630 tomorrow', '2026-12-01 06:30 | get up'],
    ['Jan 1, 12:00 noon party', '2027-01-01 12:00 | party'],
    ['5 minutes before 6 leave', '2026-11-30 17:55 | leave'],
    ['27/9 13:00 buy milk', '2027-09-27 13:00 | buy milk'],
    ['on the 15th of the month pay', '2026-12-15 09:00 | pay'],
    ['clean in 5 days', '2026-12-05 09:00 | clean'],
    // what is no time
    ['today buy milk', '? | buy milk'],
    ['to buy a day pass', '? | buy a day pass'],
    ['remind me to buy milk', '? | buy milk'],
    ['to march to the store', '? | march to the store'],
    ['buy 2 eggs', '? | buy 2 eggs'],
    ['about the 3 pm meeting at 2:30 pm', '2026-11-30 14:30 | the 3 pm meeting'],
    ['tomorrow to send the report of every month', '2026-12-01 09:00 | send the report of every month'],
    // what is no thing
    ['remind me in 30 min', '2026-11-30 10:30 | '],
    ['remind me on Friday', '2026-12-04 09:00 | '],
  ])('“%s” is read', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  test.each([
    ['every weekday at 9 stand-up', '2026-12-01 09:00, every weekday at 09:00 | stand-up'],
    ['every weekday at 9 remind me to stand up', '2026-12-01 09:00, every weekday at 09:00 | stand up'],
    ['remind me every day at 9 to stretch', '2026-12-01 09:00, every day at 09:00 | stretch'],
    ['at 9 every day to stretch', '2026-12-01 09:00, every day at 09:00 | stretch'],
    ['to stretch every other Monday at 9', '2026-12-07 09:00, every 2 weeks on Monday at 09:00 | stretch'],
    ['every 2 weeks on Monday bins', '2026-12-07 09:00, every 2 weeks on Monday at 09:00 | bins'],
    [
      'on the last day of each month pay rent',
      '2026-12-31 09:00, on the last day of every month at 09:00 | pay rent',
    ],
    ['pay rent every month on the 1st', '2026-12-01 09:00, on day 1 of every month at 09:00 | pay rent'],
    [
      'on the first Monday of each month at 10 meet',
      '2026-12-07 10:00, on the first Monday of every month at 10:00 | meet',
    ],
    [
      'on the last friday of every month at 4pm drinks',
      '2026-12-25 16:00, on the last Friday of every month at 16:00 | drinks',
    ],
    [
      'daily at 8 until Friday pills',
      '2026-12-01 08:00, every day at 08:00, until Fri, 4 Dec 2026, 23:59 | pills',
    ],
    [
      'every day at 8 for 2 weeks pills',
      '2026-12-01 08:00, every day at 08:00, until Mon, 14 Dec 2026, 10:00 | pills',
    ],
    ['every day take 2 pills', '2026-12-01 09:00, every day at 09:00 | take 2 pills'],
    [
      'every tuesday and thursday at 18:30 yoga',
      '2026-12-01 18:30, every Tuesday and Thursday at 18:30 | yoga',
    ],
    ['monday to friday at 8 wake up', '2026-12-01 08:00, every weekday at 08:00 | wake up'],
    ['on mondays at 11 meet', '2026-11-30 11:00, every Monday at 11:00 | meet'],
    ['weekly on friday at 5pm review', '2026-12-04 17:00, every Friday at 17:00 | review'],
    ['every evening journal', '2026-11-30 19:00, every day at 19:00 | journal'],
    ['every morning at 7 run', '2026-12-01 07:00, every day at 07:00 | run'],
    ['every hour drink', '2026-11-30 11:00, every hour | drink'],
    ['every 90 minutes drink', '2026-11-30 11:30, every 90 minutes | drink'],
    ['every other day water', '2026-12-02 09:00, every 2 days at 09:00 | water'],
    ['every 3rd monday pay', '2026-12-07 09:00, every 3 weeks on Monday at 09:00 | pay'],
    ['every year on 5 January birthday', '2027-01-05 09:00, every year on 5 January at 09:00 | birthday'],
    ['every 5th of January birthday', '2027-01-05 09:00, every year on 5 January at 09:00 | birthday'],
    ['every month on the first day pay', '2026-12-01 09:00, on day 1 of every month at 09:00 | pay'],
    ['on the first day of every month pay', '2026-12-01 09:00, on day 1 of every month at 09:00 | pay'],
    ['every month on the last day pay', '2026-12-31 09:00, on the last day of every month at 09:00 | pay'],
    ['every 28th of the month pay', '2026-12-28 09:00, on day 28 of every month at 09:00 | pay'],
    [
      'second Tuesday of every month meet',
      '2026-12-08 09:00, on the second Tuesday of every month at 09:00 | meet',
    ],
    [
      'every day except sunday at 8 run',
      '2026-12-01 08:00, every Monday, Tuesday, Wednesday, Thursday, Friday and Saturday at 08:00 | run',
    ],
    [
      'tuesday to thursday at 8 run',
      '2026-12-01 08:00, every Tuesday, Wednesday and Thursday at 08:00 | run',
    ],
    ['at 10:00 on monday send hello every monday', '2026-12-07 10:00, every Monday at 10:00 | send hello'],
    ['once a week water', '2026-12-07 09:00, every Monday at 09:00 | water'],
    ['every weekend at 10 clean', '2026-12-05 10:00, every weekend day at 10:00 | clean'],
  ])('“%s” repeats', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  test.each([
    ['', 'nothing'],
    ['remind me', 'nothing'],
    ['tomorrow at 25:99 to stretch', 'odd_time 25:99'],
    ['at 9:75 stretch', 'odd_time 9:75'],
    ['every day at 25:00 stretch', 'odd_time 25:00'],
    ['yesterday party', 'passed'],
    ['today at 9 party', 'passed'],
    ['in 0 minutes party', 'passed'],
    ['in -5 minutes party', 'passed'],
    ['on 1 January 2020 party', 'passed'],
    ['on 1 January 2099 party', 'too_far'],
    ['twice a day pills', 'odd_time twice a day'],
    ['every minute spam', 'too_often'],
    ['every 0 minutes spam', 'too_often'],
    ['daily at 8 until yesterday pills', 'over'],
  ])('“%s” is refused', (text, problem) => {
    expect(() => read(text)).toThrow(problem)
  })
})

describe('what is said in other languages', () => {
  test.each([
    ['es', 'recuérdame mañana a las 9 comprar leche', '2026-12-01 09:00 | comprar leche'],
    ['es', 'recuérdame pasado mañana a las 9 pagar', '2026-12-02 09:00 | pagar'],
    ['es', 'recuérdame hoy a las 6 de la tarde cenar', '2026-11-30 18:00 | cenar'],
    ['es', 'recuérdame dentro de dos horas llamar', '2026-11-30 12:00 | llamar'],
    [
      'es',
      'recuérdame cada lunes a las 8 ir al gimnasio',
      '2026-12-07 08:00, every Monday at 08:00 | ir al gimnasio',
    ],
    ['es', 'recuérdame comprar leche', '? | comprar leche'],
    ['pt', 'me lembre amanhã às 9 de comprar leite', '2026-12-01 09:00 | comprar leite'],
    ['pt', 'lembre-me em 20 minutos chá', '2026-11-30 10:20 | chá'],
    ['pt', 'me lembre hoje às 18h30 de sair', '2026-11-30 18:30 | sair'],
    ['pt', 'me lembre daqui a 2 horas de ligar', '2026-11-30 12:00 | ligar'],
    ['pt', 'me lembre depois de amanhã às 9 de pagar', '2026-12-02 09:00 | pagar'],
    ['pt', 'me lembre toda segunda às 9 reunião', '2026-12-07 09:00, every Monday at 09:00 | reunião'],
    ['fr', 'rappelle-moi demain à 9h d’acheter du lait', '2026-12-01 09:00 | acheter du lait'],
    ['fr', 'rappelle-moi après-demain à 9h de payer', '2026-12-02 09:00 | payer'],
    ['fr', 'rappelle-moi ce soir de sortir', '2026-11-30 19:00 | sortir'],
    ['fr', 'rappelle-moi dans une demi-heure de partir', '2026-11-30 10:30 | partir'],
    [
      'fr',
      'rappelle-moi tous les jours à 18h30 de marcher',
      '2026-11-30 18:30, every day at 18:30 | marcher',
    ],
    ['de', 'erinnere mich morgen um 9 Milch zu kaufen', '2026-12-01 09:00 | Milch zu kaufen'],
    ['de', 'erinner mich am Freitag an Ann', '2026-12-04 09:00 | Ann'],
    ['de', 'erinnere mich um 18 Uhr 30 an Sport', '2026-11-30 18:30 | Sport'],
    ['de', 'erinnere mich heute Abend Blumen', '2026-11-30 19:00 | Blumen'],
    ['de', 'erinnere mich morgen früh Brot', '2026-12-01 09:00 | Brot'],
    ['de', 'erinnere mich in anderthalb Stunden Tee', '2026-11-30 11:30 | Tee'],
    ['de', 'erinnere mich am 5. Januar um 9 Geburtstag', '2027-01-05 09:00 | Geburtstag'],
    ['de', 'erinnere mich werktags um 9 Standup', '2026-12-01 09:00, every weekday at 09:00 | Standup'],
    ['it', 'ricordami domani alle 9 di comprare il latte', '2026-12-01 09:00 | comprare il latte'],
    ['it', 'ricordami tra mezz’ora di uscire', '2026-11-30 10:30 | uscire'],
    ['it', 'ricordami ogni lunedì alle 8 palestra', '2026-12-07 08:00, every Monday at 08:00 | palestra'],
    ['ru', 'напомни мне завтра в 9 купить молоко', '2026-12-01 09:00 | купить молоко'],
    ['ru', 'напомни через полчаса чай', '2026-11-30 10:30 | чай'],
    ['ru', 'напомни послезавтра в 8:30 врач', '2026-12-02 08:30 | врач'],
    ['ru', 'напомни каждый понедельник в 8 спорт', '2026-12-07 08:00, every Monday at 08:00 | спорт'],
    ['zh', '明天9点提醒我买牛奶', '2026-12-01 09:00 | 买牛奶'],
    ['zh', '提醒我两小时后打电话', '2026-11-30 12:00 | 打电话'],
    ['zh', '每周一早上9点提醒我开会', '2026-12-07 09:00, every Monday at 09:00 | 开会'],
    ['zh', '提醒我买牛奶', '? | 买牛奶'],
    ['ja', '明日9時に牛乳を買うのをリマインドして', '2026-12-01 09:00 | 牛乳を買う'],
    ['ja', '20分後にお茶をリマインドして', '2026-11-30 10:20 | お茶'],
    ['ja', '毎週月曜日9時に会議をリマインドして', '2026-12-07 09:00, every Monday at 09:00 | 会議'],
    ['ar', 'ذكرني غدا الساعة 9 بشراء الحليب', '2026-12-01 09:00 | بشراء الحليب'],
    ['ar', 'ذكرني بعد ٢٠ دقيقة بالشاي', '2026-11-30 10:20 | بالشاي'],
    ['ar', 'ذكرني كل يوم الساعة 8 بالدواء', '2026-12-01 08:00, every day at 08:00 | بالدواء'],
    ['hi', 'मुझे कल सुबह 9 बजे दूध खरीदना याद दिलाना', '2026-12-01 09:00 | दूध खरीदना'],
    ['hi', '२० मिनट बाद मुझे याद दिलाना चाय', '2026-11-30 10:20 | चाय'],
    ['hi', 'हर सोमवार 9 बजे मुझे याद दिलाना जिम', '2026-12-07 09:00, every Monday at 09:00 | जिम'],
    ['id', 'ingatkan saya besok jam 9 beli obat', '2026-12-01 09:00 | beli obat'],
    ['id', 'ingatkan saya 20 menit lagi teh', '2026-11-30 10:20 | teh'],
    ['id', 'ingatkan saya setiap hari jam 8 minum obat', '2026-12-01 08:00, every day at 08:00 | minum obat'],
    // English in an app of another language
    ['de', 'remind me tomorrow at 9 to call Ann', '2026-12-01 09:00 | call Ann'],
  ])('%s: “%s” is read', (language, text, expected) => {
    expect(read(text, { language })).toBe(expected)
  })
})

describe('changes of the clocks', () => {
  const berlin = { zone: 'Europe/Berlin' }

  test('a time of day is the same on both sides, a length of time is as long', () => {
    const now = new Date('2027-03-27T20:00:00Z')
    expect(read('tomorrow at 9 run', { ...berlin, now })).toBe('2027-03-28 09:00 | run')
    expect(read('in 12 hours run', { ...berlin, now })).toBe('2027-03-28 10:00 | run')
    // skipped in spring, twice in autumn
    expect(read('tomorrow at 02:30 run', { ...berlin, now })).toBe('2027-03-28 03:30 | run')
    const autumn = { ...berlin, now: new Date('2026-10-24T20:00:00Z') }
    expect(read('tomorrow at 02:30 run', autumn)).toBe('2026-10-25 02:30 | run')
  })

  test('what repeats keeps its time of day, comes once a day, and every so many hours', () => {
    const { when } = readReminder('every day at 02:30 run', {
      now: new Date('2026-10-23T10:00:00Z'),
      zone: 'Europe/Berlin',
      defaultHour: 9,
    })
    const times: string[] = []
    for (let next = when?.due; next && times.length < 4; next = when?.repeat && nextTime(when.repeat, next))
      times.push(next.toISOString().slice(0, 16))
    expect(times).toEqual(['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30', '2026-10-27T01:30'])
  })

  test('short months, leap years and weeks that are left out', () => {
    const next = (text: string, count: number): string[] => {
      const { when } = readReminder(text, { now: NOW, zone: 'UTC', defaultHour: 9 })
      const times: string[] = []
      for (let due = when?.due; due && times.length < count; due = when?.repeat && nextTime(when.repeat, due))
        times.push(due.toISOString().slice(0, 10))
      return times
    }
    expect(next('on the last day of each month pay', 4)).toEqual(
      ['2026-11-30', '2026-12-31', '2027-01-31', '2027-02-28'].slice(1).concat('2027-03-31'),
    )
    expect(next('every month on the 30th pay', 4)).toEqual([
      '2026-12-30',
      '2027-01-30',
      '2027-02-28',
      '2027-03-30',
    ])
    expect(next('every 29 February party', 3)).toEqual(['2027-02-28', '2028-02-29', '2029-02-28'])
    expect(next('every 2 weeks on Monday bins', 3)).toEqual(['2026-12-07', '2026-12-21', '2027-01-04'])
    expect(next('daily at 8 until Friday pills', 9)).toEqual([
      '2026-12-01',
      '2026-12-02',
      '2026-12-03',
      '2026-12-04',
    ])
  })

  test('a zone that is ahead, behind or off by half an hour', () => {
    const late = new Date('2026-11-30T23:30:00Z')
    expect(read('today at 23:00 x', { zone: 'Asia/Tokyo', now: late })).toBe('2026-12-01 23:00 | x')
    expect(read('tomorrow at 9 x', { zone: 'America/Los_Angeles', now: late })).toBe('2026-12-01 09:00 | x')
    expect(read('at 9 x', { zone: 'Asia/Kolkata', now: late })).toBe('2026-12-01 09:00 | x')
    expect(
      momentOf('Asia/Kolkata', { year: 2026, month: 12, day: 1, hour: 9, minute: 0 }).toISOString(),
    ).toBe('2026-12-01T03:30:00.000Z')
  })
})

describe('how often, in every language of the texts', () => {
  const at = { every: 1, hour: 9, minute: 5 }
  const rules: RepeatRule[] = [
    { unit: 'minutes', every: 30 },
    { unit: 'minutes', every: 60 },
    { unit: 'minutes', every: 180 },
    { unit: 'days', ...at },
    { unit: 'days', ...at, every: 3 },
    { unit: 'weeks', ...at, days: [1, 2, 3, 4, 5] },
    { unit: 'weeks', ...at, days: [0, 6] },
    { unit: 'weeks', ...at, days: [1, 5] },
    { unit: 'weeks', ...at, every: 2, days: [1] },
    { unit: 'months', ...at, day: 15 },
    { unit: 'months', ...at, day: 31 },
    { unit: 'weekday', ...at, day: 1, nth: 1 },
    { unit: 'weekday', ...at, day: 1, nth: -1 },
    { unit: 'years', ...at, month: 12, day: 24 },
    { unit: 'years', ...at, every: 2, month: 12, day: 24 },
  ]
  const words = (language: string): string[] =>
    rules.map((rule) => describeRepeat({ zone: 'UTC', rule, from: 0 }, language))

  test('German', () => {
    expect(words('de-AT')).toEqual([
      'alle 30 Minuten',
      'jede Stunde',
      'alle 3 Stunden',
      'jeden Tag um 09:05',
      'alle 3 Tage um 09:05',
      'montags bis freitags um 09:05',
      'samstags und sonntags um 09:05',
      'jeden Montag und Freitag um 09:05',
      'alle 2 Wochen: Montag um 09:05',
      'jeden Monat am 15. um 09:05',
      'jeden Monat am letzten Tag um 09:05',
      'jeden Monat am 1. Montag um 09:05',
      'jeden Monat am letzten Montag um 09:05',
      'jedes Jahr am 24. Dezember um 09:05',
      'alle 2 Jahre am 24. Dezember um 09:05',
    ])
  })

  test.each(['es', 'pt-BR', 'fr', 'it', 'ru', 'zh-hans', 'ja', 'ar', 'hi', 'id'])('%s', (language) => {
    const own = words(language)
    expect(own.join('\n')).not.toMatch(/[{}]|every|undefined/)
    expect(new Set(own).size).toBe(rules.length)
    expect(own.filter((text, index) => text === words('en')[index])).toEqual([])
  })

  test('English is for everybody else', () => {
    expect(words('sw')).toEqual(words('en'))
  })
})
