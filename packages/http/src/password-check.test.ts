import { expect, test } from 'vitest'
import { createPasswordCheck } from './password-check.ts'

test('ten wrong passwords in a row make everyone wait a minute, the owner too', () => {
  const check = createPasswordCheck('correct horse')
  for (let time = 0; time < 10; time += 1) expect(check(`guess ${time}`, time)).toBe('wrong')
  expect(check('correct horse', 10)).toBe('wait')
  expect(check('correct horse', 60_008)).toBe('wait')
  expect(check('correct horse', 60_009)).toBe('right')
})

test('a right password begins the count again', () => {
  const check = createPasswordCheck('correct horse')
  for (let round = 0; round < 3; round += 1) {
    for (let time = 0; time < 9; time += 1) expect(check('guess', 0)).toBe('wrong')
    expect(check('correct horse', 0)).toBe('right')
  }
})

test('after the pause ten more may be tried', () => {
  const check = createPasswordCheck('correct horse')
  for (let time = 0; time < 10; time += 1) check('guess', 0)
  for (let time = 0; time < 10; time += 1) expect(check('guess', 60_000)).toBe('wrong')
  expect(check('guess', 60_001)).toBe('wait')
})
