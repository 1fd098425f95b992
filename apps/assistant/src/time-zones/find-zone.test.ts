import { findTimeZone } from '@pluggram/base'
import { expect, test } from 'vitest'
import { findZone, likelyZones, offsetsInUse, zonesAt } from './find-zone.ts'
import { placeNames } from './places.ts'

test.each([
  // names, old and new
  ['Europe/Berlin', 'Europe/Berlin'],
  ['europe/berlin', 'Europe/Berlin'],
  ['America/New York', 'America/New_York'],
  ['Asia/Calcutta', 'Asia/Kolkata'],
  ['Asia/Katmandu', 'Asia/Kathmandu'],
  ['Europe/Kiev', 'Europe/Kyiv'],
  ['US/Eastern', 'America/New_York'],
  ['UTC', 'UTC'],
  // cities that zones are named after
  ['Berlin', 'Europe/Berlin'],
  ['kolkata', 'Asia/Kolkata'],
  ['Kathmandu', 'Asia/Kathmandu'],
  ['Apia', 'Pacific/Apia'],
  ["St. John's", 'America/St_Johns'],
  ['port-au-prince', 'America/Port-au-Prince'],
  // other cities, in many spellings
  ['München', 'Europe/Berlin'],
  ['muenchen', 'Europe/Berlin'],
  ['Zürich', 'Europe/Zurich'],
  ['San Francisco', 'America/Los_Angeles'],
  ['NYC', 'America/New_York'],
  ['Mumbai', 'Asia/Kolkata'],
  ['São Paulo', 'America/Sao_Paulo'],
  ['İstanbul', 'Europe/Istanbul'],
  ['Łódź', 'Europe/Warsaw'],
  ['Москва', 'Europe/Moscow'],
  ['Київ', 'Europe/Kyiv'],
  ['北京', 'Asia/Shanghai'],
  ['東京', 'Asia/Tokyo'],
  ['서울', 'Asia/Seoul'],
  ['القاهرة', 'Africa/Cairo'],
  ['दिल्ली', 'Asia/Kolkata'],
  ['ירושלים', 'Asia/Jerusalem'],
  ['กรุงเทพ', 'Asia/Bangkok'],
  ['Αθήνα', 'Europe/Athens'],
  ['Владивосток', 'Asia/Vladivostok'],
  ['ウラジオストク', 'Asia/Vladivostok'],
  // with the country
  ['Berlin, Germany', 'Europe/Berlin'],
  ['Lagos (Nigeria)', 'Africa/Lagos'],
  ['Hyderabad, India', 'Asia/Kolkata'],
  // as people say it, without a comma or with a word more
  ['Paris France', 'Europe/Paris'],
  ['Toronto Canada', 'America/Toronto'],
  ['Austin TX', 'America/Chicago'],
  ['new york city', 'America/New_York'],
  ['Moscow time', 'Europe/Moscow'],
  ['上海市', 'Asia/Shanghai'],
  // countries
  ['Nepal', 'Asia/Kathmandu'],
  ['Indien', 'Asia/Kolkata'],
  ['日本', 'Asia/Tokyo'],
  ['Польша', 'Europe/Warsaw'],
  ['🇫🇷', 'Europe/Paris'],
  ['🇮🇳', 'Asia/Kolkata'],
  // offsets
  ['UTC+2', '+02:00'],
  ['GMT-3:30', '-03:30'],
  ['UTC +5 30', '+05:30'],
  ['+0530', '+05:30'],
  ['−4', '-04:00'],
  ['utc +5.45', '+05:45'],
  ['UTC+0', 'UTC'],
  // abbreviations
  ['EST', 'America/New_York'],
  ['PST', 'America/Los_Angeles'],
  ['MSK', 'Europe/Moscow'],
])('%s is in the zone %s', (text, zone) => {
  expect(findZone(text)).toEqual({ zone })
})

test.each([
  ['Wladiwostok', 'de', 'Asia/Vladivostok'],
  ['Nowy Jork', 'pl', 'America/New_York'],
  ['Stambuł', 'pl', 'Europe/Istanbul'],
])('%s, written by a person with an app in %s', (text, language, zone) => {
  expect(findZone(text, language)).toEqual({ zone })
})

test.each([
  ['IST', 'possible', ['Asia/Kolkata', 'Asia/Jerusalem', 'Europe/Dublin']],
  ['CET', 'possible', ['Europe/Berlin', 'Europe/Paris']],
  ['USA', 'possible', ['America/New_York']],
  ['United States', 'possible', ['America/New_York', 'America/Los_Angeles']],
  ['Россия', 'possible', ['Europe/Moscow', 'Asia/Yekaterinburg']],
  ['🇺🇸', 'possible', ['America/New_York']],
  ['Paris, Texas', 'possible', ['America/Chicago', 'Europe/Paris']],
  ['Kopenhgen', 'similar', ['Europe/Copenhagen']],
  ['Europe/Berln', 'similar', ['Europe/Berlin']],
  ['Mars/Base', 'similar', []],
  ['UTC+99', 'similar', []],
  ['x'.repeat(5_000), 'similar', []],
  ['', 'similar', []],
  ['__proto__', 'similar', []],
])('%.40s is not one zone: %s %j', (text, are, choices) => {
  const found = findZone(text)
  expect(found).toMatchObject({ are })
  expect('choices' in found ? found.choices : []).toEqual(expect.arrayContaining([...choices]))
})

test('each place has a zone that exists, and one zone only', () => {
  const seen = new Map<string, string>()
  for (const [name, zone] of placeNames((text) => text)) {
    expect(findTimeZone(zone)).toBe(zone)
    expect([name, seen.get(name)]).toEqual([name, undefined])
    seen.set(name, zone)
  }
})

test('zones can be found by what a clock shows now, in summer and in winter', () => {
  const [january, july] = [new Date('2027-01-15T12:00Z'), new Date('2027-07-15T12:00Z')]
  expect(zonesAt(60, january)).toEqual(expect.arrayContaining(['Europe/Berlin', 'Africa/Lagos']))
  expect(zonesAt(120, july)).toContain('Europe/Berlin')
  expect(zonesAt(345, july)).toEqual(['Asia/Kathmandu'])
  expect(offsetsInUse(january)).toEqual(expect.arrayContaining([-210, 330, 345, 825, 780, 840]))
})

test('the zones of the country of the language come first', () => {
  expect(likelyZones('de', [])).toEqual(['Europe/Berlin', 'Europe/Busingen'])
  expect(likelyZones('pt-BR', ['UTC'])).toEqual([
    'UTC',
    'America/Sao_Paulo',
    expect.any(String),
    expect.any(String),
  ])
  expect(likelyZones('!', ['UTC'])).toEqual(['UTC'])
})

test.each([
  ['14:30', 'Europe/Berlin'],
  ['2:33 pm', 'Europe/Berlin'],
  ['19:00', 'Asia/Kolkata'],
  ['00:28', 'Australia/Sydney'],
])('a clock that shows %s names zones, %s among them', (clock, zone) => {
  const found = findZone(clock, 'en', new Date('2026-11-30T13:30:00Z'))
  expect(found).toMatchObject({ are: 'possible', choices: expect.arrayContaining([zone]) })
})

test.each(['2', 'Z', 'x'])('%s is too short to be like a name', (text) => {
  expect(findZone(text, 'en')).toEqual({ choices: [], are: 'similar' })
})
