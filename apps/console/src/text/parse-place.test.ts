import { expect, it } from 'vitest'
import { parsePlace } from './parse-place.ts'

it.each([
  ['52.52, 13.405', 52.52, 13.405],
  ['52.52,13.405', 52.52, 13.405],
  ['  52.52 13.405 ', 52.52, 13.405],
  ['52,52; 13,405', 52.52, 13.405],
  ['52,52, 13,405', 52.52, 13.405],
  ['-33.86, 151.21', -33.86, 151.21],
  ['\u221233.86, 151.21', -33.86, 151.21],
  ['(48, 16)', 48, 16],
  ['0,0', 0, 0],
  ['40°30′N 80°15′W', 40.5, -80.25],
  [`40° 26' 46" N, 79° 58' 56" W`, 40.4461, -79.9822],
  ['33.86 S 151.21 E', -33.86, 151.21],
  ['geo:48.2010,16.3695,183', 48.201, 16.3695],
  ['https://maps.example/@48.85,2.35,12z', 48.85, 2.35],
  ['https://maps.example/?q=48.85%2C2.35', 48.85, 2.35],
  ['https://maps.example/#map=15/48.8583/2.2945', 48.8583, 2.2945],
  ['berlin', 52.52, 13.405],
  ['ZURICH', 47.377, 8.541],
  ['São Paulo', -23.55, -46.633],
])('reads %j', (written, latitude, longitude) => {
  const found = parsePlace(written)
  expect(found?.latitude).toBeCloseTo(latitude, 3)
  expect(found?.longitude).toBeCloseTo(longitude, 3)
})

it.each(['', 'here', '91, 0', '0, 181', '52.52', 'https://maps.example/', '1, 2, 3', 'NaN, NaN', '1e5, 2'])(
  'does not guess from %j',
  (written) => {
    expect(parsePlace(written)).toBeUndefined()
  },
)
