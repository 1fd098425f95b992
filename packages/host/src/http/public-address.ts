import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** Addresses that are not on the public internet (IANA's special-purpose registries). */
const SPECIAL_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const
const SPECIAL_V6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
] as const
/** NAT64 and 6to4 contain an IPv4 address, which decides. */
const NAT64_PREFIX = 0x0064_ff9b
const SIX_TO_FOUR_PREFIX = 0x2002

const special = new BlockList()
for (const [address, bits] of SPECIAL_V4) special.addSubnet(address, bits, 'ipv4')
for (const [address, bits] of SPECIAL_V6) special.addSubnet(address, bits, 'ipv6')

/**
 * Whether an address is on the public internet: not this machine, its network, or a cloud's
 * metadata service.
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !special.check(address, 'ipv4')
  if (!isIPv6(address) || address.includes('%')) return false
  const groups = expand(address)
  const [first = 0, second = 0] = groups
  const embedded = embeddedV4(groups)
  if (embedded !== undefined) return isPublicAddress(embedded)
  // 2000::/3 is the only IPv6 range assigned for global use
  return first >= 0x2000 && first <= 0x3fff && second >= 0 && !special.check(address, 'ipv6')
}

function embeddedV4(groups: readonly number[]): string | undefined {
  const [first = 0, second = 0, third = 0] = groups
  const isZero = (from: number, to: number): boolean => groups.slice(from, to).every((group) => group === 0)
  // ::ffff:a.b.c.d, and the deprecated ::a.b.c.d
  if (isZero(0, 5) && (groups[5] === 0xffff || groups[5] === 0)) return dotted(groups[6], groups[7])
  if (isZero(0, 4) && groups[4] === 0xffff && groups[5] === 0) return dotted(groups[6], groups[7])
  if (first * 0x1_0000 + second === NAT64_PREFIX && isZero(2, 6)) return dotted(groups[6], groups[7])
  if (first === SIX_TO_FOUR_PREFIX) return dotted(second, third)
  return undefined
}

function dotted(high = 0, low = 0): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')
}

/** The eight groups of an IPv6 address in any of its spellings. */
function expand(address: string): number[] {
  const mapped = /^(?<head>.*:)(?<v4>\d+\.\d+\.\d+\.\d+)$/.exec(address)?.groups
  const plain = mapped ? `${mapped['head']}${toGroups(mapped['v4'] ?? '')}` : address
  const [head = '', tail] = plain.split('::')
  const left = parseGroups(head)
  if (tail === undefined) return left
  const right = parseGroups(tail)
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right]
}

function parseGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}

function toGroups(v4: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = v4.split('.').map(Number)
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}
