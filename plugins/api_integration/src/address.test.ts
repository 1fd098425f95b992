import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ApiError } from './api-error.ts'
import { fillInAddress, hostOf, parseAddress } from './address.ts'

test('what expressions give is encoded where it stands', async () => {
  const address = parseAddress('https://api.example.com/towns/{{ message }}/now?q={{ message }}&lang=en')
  const url = await fillInAddress(address, { message: 'a/b?c&d=é #' })
  expect(url.href).toBe(
    'https://api.example.com/towns/a%2Fb%3Fc%26d%3D%C3%A9%20%23/now?q=a%2Fb%3Fc%26d%3D%C3%A9%20%23&lang=en',
  )
  expect(hostOf(address)).toBe('api.example.com')
})

test('no message can lead a request elsewhere', async () => {
  const address = parseAddress('https://api.example.com/public/{{ message }}')
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string(), fc.constantFrom('.', '..', '../admin', '%2e%2e', '//evil.example', '\\..\\')),
      async (message) => {
        try {
          const url = await fillInAddress(address, { message })
          expect(url.origin).toBe('https://api.example.com')
          expect(url.pathname).toMatch(/^\/public\/[^/]*$/)
          expect(url.search + url.hash).toBe('')
        } catch (error) {
          if (!(error instanceof ApiError)) throw error
        }
      },
    ),
  )
  await expect(fillInAddress(address, { message: '..' })).rejects.toThrow('cannot be looked up')
})

test.each([
  ['api.example.com/x', 'does not start with'],
  ['file:///etc/passwd', 'does not start with'],
  ['https://{{ message }}/', 'expression in its host'],
  ['https://api.{{ message }}.example/', 'expression in its host'],
  ['https://api.example.com{{ message }}', 'expression in its host'],
  ['https://ann:secret@api.example.com/', 'name or password'],
  ['https://api.example.com/{{ a + }}', 'is no expression'],
])('%s %s', (text, message) => {
  expect(() => parseAddress(text)).toThrow(message)
})
