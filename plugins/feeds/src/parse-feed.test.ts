import { expect, test } from 'vitest'
import { FeedError } from './feed-error.ts'
import { parseFeed } from './parse-feed.ts'
import { toText } from './to-text.ts'

const URL_OF_FEED = 'https://news.example/feeds/all'

const RSS = `<?xml version="1.0"?><rss version="2.0"><channel><title>News &amp; more</title>
  <item><title>First &lt;b&gt;bold&lt;/b&gt;</title><link>https://news.example/1</link><guid isPermaLink="false">a</guid>
  <description><![CDATA[<p>Hello&nbsp;<b>you</b></p><script>steal()</script><p>Second</p>]]></description></item>
  <item><title/><link>/2</link><description>Only a summary</description></item></channel></rss>`
const ATOM = `<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title><entry><id>urn:1</id><title type="html">One</title>
  <link rel="enclosure" href="https://news.example/x.mp3"/><link href="https://news.example/one"/><content type="html">&lt;i&gt;Text&lt;/i&gt;</content></entry></feed>`
const JSON_FEED = JSON.stringify({
  version: 'https://jsonfeed.org/version/1.1',
  title: 'Json',
  items: [{ id: '1', url: 'javascript:alert(1)', title: 'Bad link', content_text: 'words' }],
})
const RDF = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>Old</title></channel>
  <item rdf:about="https://news.example/r"><title>Rdf</title><link>https://news.example/r</link></item></rdf:RDF>`

test('RSS is read, its HTML cleaned, its links made whole', () => {
  const { title, entries } = parseFeed(RSS, URL_OF_FEED)
  expect(title).toBe('News & more')
  expect(entries).toEqual([
    {
      id: expect.stringMatching(/^[\w-]{22}$/),
      title: 'First bold',
      summary: 'Hello you\nSecond',
      link: 'https://news.example/1',
    },
    {
      id: expect.any(String),
      title: 'Only a summary',
      summary: 'Only a summary',
      link: 'https://news.example/2',
    },
  ])
})

test.each([
  [ATOM, 'Atom', { title: 'One', summary: 'Text', link: 'https://news.example/one' }],
  [RDF, 'Old', { title: 'Rdf', summary: '', link: 'https://news.example/r' }],
])('other formats are read as well', (text, title, entry) => {
  expect(parseFeed(text, URL_OF_FEED)).toMatchObject({ title, entries: [entry] })
})

test('a link that is none of the web is left out', () => {
  const { entries } = parseFeed(JSON_FEED, URL_OF_FEED)
  expect(entries).toMatchObject([{ title: 'Bad link', summary: 'words' }])
  expect(entries[0]).not.toHaveProperty('link')
})

test('an entry keeps its id when its text changes', () => {
  const [before] = parseFeed(RSS, URL_OF_FEED).entries
  const [after] = parseFeed(RSS.replace('Hello', 'Changed'), URL_OF_FEED).entries
  expect(after?.id).toBe(before?.id)
  expect(after?.summary).not.toBe(before?.summary)
})

const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${Array.from(
  { length: 9 },
  (_, index) => `<!ENTITY ${'bcdefghij'[index]} "${`&${'abcdefghi'[index]};`.repeat(10)}">`,
).join('')}]><rss version="2.0"><channel><title>&j;</title></channel></rss>`

test.each([
  '',
  'hello',
  '<html><body>Hi</body></html>',
  '{"a":1}',
  '{"__proto__":{"items":[]}}',
  '[',
  'null',
  '<rss',
  '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
  '\u0000',
  '\ud800',
])('%j is no feed', (text) => {
  expect(() => parseFeed(text, URL_OF_FEED)).toThrow(FeedError)
})

function titleOrRefusal(text: string): string {
  try {
    return parseFeed(text, URL_OF_FEED).title
  } catch (error) {
    if (error instanceof FeedError) return ''
    throw error
  }
}

test('a text that unfolds into gigabytes does not', () => {
  const before = process.cpuUsage()
  const title = titleOrRefusal(bomb)
  expect(title.length).toBeLessThan(1_000)
  expect(process.cpuUsage(before).user).toBeLessThan(2_000_000)
})

test.each([
  ['a &lt; b &amp;&amp; c', 'a < b && c'],
  ['plain text', 'plain text'],
  ['<ul><li>one<li>two</ul>', 'one\ntwo'],
  ['<p>a<br>b</p><style>p{}</style>', 'a\nb'],
  ['<img src=x onerror=alert(1)>after', 'after'],
  ['broken <b', 'broken'],
])('%s reads %s', (html, text) => {
  expect(toText(html)).toBe(text)
})
