/**
 * Sites that many people read and whose visits no stranger can see. A page of theirs may be named
 * from memory. Sites with pages of their users, redirects to anywhere or shared logs do not belong
 * here.
 */
const REFERENCE_HOSTS: ReadonlySet<string> = new Set([
  'wikipedia.org',
  'wiktionary.org',
  'wikidata.org',
  'wikivoyage.org',
  'wikisource.org',
  'britannica.com',
  'gutenberg.org',
  'arxiv.org',
  'nature.com',
  'nasa.gov',
  'nih.gov',
  'noaa.gov',
  'weather.gov',
  'who.int',
  'un.org',
  'bbc.com',
  'bbc.co.uk',
  'reuters.com',
  'apnews.com',
  'theguardian.com',
  'nytimes.com',
  'tagesschau.de',
  'lemonde.fr',
  'developer.mozilla.org',
  'python.org',
  'nodejs.org',
  'npmjs.com',
  'pypi.org',
  'docs.rs',
  'crates.io',
  'rust-lang.org',
  'go.dev',
  'ruby-lang.org',
  'php.net',
  'cppreference.com',
  'kotlinlang.org',
  'swift.org',
  'typescriptlang.org',
  'postgresql.org',
  'sqlite.org',
  'w3.org',
  'whatwg.org',
  'ietf.org',
  'rfc-editor.org',
  'unicode.org',
  'iana.org',
  'www.debian.org',
  'www.kernel.org',
  'core.telegram.org',
])

/** Whether a host is one of them, or a part of one. */
export function isReferenceHost(host: string): boolean {
  const labels = host.split('.')
  return labels.some((_label, index) => REFERENCE_HOSTS.has(labels.slice(index).join('.')))
}
