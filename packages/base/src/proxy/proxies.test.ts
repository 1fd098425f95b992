import { expect, test } from 'vitest'
import { createProxies } from './proxies.ts'
import { parseProxyAddress } from './proxy-address.ts'

test.each([
  ['http://proxy.example:3128', 'proxy.example:3128'],
  ['proxy.example:3128', 'proxy.example:3128'],
  ['http://proxy.example', 'proxy.example:80'],
  ['https://proxy.example/', 'proxy.example:443'],
  ['socks5://10.0.0.1', '10.0.0.1:1080'],
  ['socks5h://[::1]:9050', '[::1]:9050'],
  ['HTTP://ada:p%40ss@proxy.example:8080', 'proxy.example:8080'],
  [' http://proxy.example:8080 ', 'proxy.example:8080'],
  ['ftp://proxy.example', undefined],
  ['socks4://proxy.example', undefined],
  ['http://proxy.example:99999', undefined],
  ['http://proxy.example:0', undefined],
  ['http://proxy.example/path', undefined],
  ['http://ada:%zz@proxy.example', undefined],
  ['http://', undefined],
  ['', undefined],
  ['two words', undefined],
])('the address of a proxy %j is %s', (text, name) => {
  expect(parseProxyAddress(text)?.name).toBe(name)
})

test.each(['http://ada:p@ss:w@rd@proxy.example:8080', 'http://ada:p%40ss%3Aw%40rd@proxy.example:8080'])(
  'a password with signs of its own is read, escaped or not: %s',
  (text) => {
    expect(parseProxyAddress(text)).toMatchObject({
      username: 'ada',
      password: 'p@ss:w@rd',
      host: 'proxy.example',
    })
  },
)

test('user and password are read as they are meant', () => {
  expect(parseProxyAddress('http://a%20b:p%40s%3As@proxy.example')).toMatchObject({
    username: 'a b',
    password: 'p@s:s',
  })
})

test.each([
  ['https://api.telegram.org/', 'secure.example:1'],
  ['http://feeds.example/', 'plain.example:2'],
  ['http://localhost:11434/v1', undefined],
  ['http://ollama.localhost/', undefined],
  ['http://127.0.0.1:8080/', undefined],
  ['http://127.8.9.1/', undefined],
  ['http://[::1]:11434/', undefined],
  // a name that only looks like this machine
  ['http://localhost.example/', 'plain.example:2'],
])('%s goes through %s', (url, name) => {
  const proxyFor = createProxies({ httpsProxy: 'secure.example:1', httpProxy: 'http://plain.example:2' })
  expect(proxyFor(new URL(url))?.name).toBe(name)
})

test('ALL_PROXY is for what has no proxy of its own', () => {
  const proxyFor = createProxies({ httpsProxy: 'secure.example:1', allProxy: 'socks5://all.example' })
  expect(proxyFor(new URL('https://x.example'))?.name).toBe('secure.example:1')
  expect(proxyFor(new URL('http://x.example'))?.name).toBe('all.example:1080')
  expect(createProxies({ httpProxy: 'plain.example:2' })(new URL('https://x.example'))).toBeUndefined()
})

test.each([
  ['*', 'https://x.example', true],
  ['example.com', 'https://example.com', true],
  ['example.com', 'https://a.b.example.com', true],
  ['.example.com', 'https://example.com', true],
  ['*.example.com', 'https://a.example.com', true],
  ['EXAMPLE.com.', 'https://Example.COM', true],
  ['example.com', 'https://notexample.com', false],
  ['example.com', 'https://example.com.evil.test', false],
  ['other.test, example.com', 'https://example.com', true],
  ['other.test example.com', 'https://example.com', true],
  ['example.com:8443', 'https://example.com:8443', true],
  ['example.com:8443', 'https://example.com', false],
  ['example.com:443', 'https://example.com', true],
  ['10.0.0.0/8', 'http://10.1.2.3', true],
  ['10.0.0.0/8', 'http://11.1.2.3', false],
  ['192.168.1.5', 'http://192.168.1.5:11434', true],
  ['192.168.1.5:80', 'http://192.168.1.5:11434', false],
  ['fd00::/8', 'http://[fd12::1]', true],
  ['[fd12::1]:8080', 'http://[fd12::1]:8080', true],
  ['10.0.0.0/99', 'http://10.1.2.3', false],
  [', ,', 'https://example.com', false],
  ['', 'https://example.com', false],
])('NO_PROXY=%s with %s: direct is %s', (noProxy, url, isDirect) => {
  expect(createProxies({ allProxy: 'http://proxy.example:1', noProxy })(new URL(url)) === undefined).toBe(
    isDirect,
  )
})
