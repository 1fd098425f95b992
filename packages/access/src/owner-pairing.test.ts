import { expect, test } from 'vitest'
import { createOwnerPairing } from './owner-pairing.ts'

const MINUTE = 60_000

test('the code pairs once, however it is typed', () => {
  const pairing = createOwnerPairing(() => 0)
  const code = pairing.code() ?? ''
  expect(code).toMatch(/^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/)
  expect(pairing.claim(1, ` ${code.toLowerCase().replace('-', ' ')} `)).toBe('paired')
  expect(pairing.code()).toBeUndefined()
  expect(pairing.claim(2, code)).toBe('closed')
})

test('it is void after an hour', () => {
  let time = 0
  const pairing = createOwnerPairing(() => time)
  const code = pairing.code() ?? ''
  time = 60 * MINUTE
  expect(pairing.claim(1, code)).toBe('closed')
})

test('a user guesses five times in ten minutes, and the right code does not help then', () => {
  let time = 0
  const pairing = createOwnerPairing(() => time)
  const code = pairing.code() ?? ''
  for (let guess = 0; guess < 5; guess += 1) expect(pairing.claim(1, 'AAAA-AAAA')).toBe('wrong')
  expect(pairing.claim(1, code)).toBe('too-often')
  time = 11 * MINUTE
  expect(pairing.claim(1, code)).toBe('paired')
})

test('fifty guesses of whomever end the pairing', () => {
  const pairing = createOwnerPairing(() => 0)
  const code = pairing.code() ?? ''
  for (let guess = 0; guess < 50; guess += 1) pairing.claim(guess, '')
  expect(pairing.claim(99, code)).toBe('closed')
  expect(pairing.code()).toBeUndefined()
})
