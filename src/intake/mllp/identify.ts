import { BlockList, isIPv6 } from 'node:net'
import { speaksAs, type LabSource } from '../../formats/hl7v2/sources.ts'

/** What is known of the other side of a line before it speaks. */
export interface Peer {
  readonly address: string
  /** SHA-256 of its client certificate, upper-case hexadecimal with colons; null without one. */
  readonly fingerprint: string | null
}

/** Which source speaks; null for nobody the hub knows. */
export type Identify = (peer: Peer, application: string, facility: string) => LabSource | null

/**
 * Makes the judge of who speaks. A source is held to everything its file says: its certificates when it lists any, its
 * addresses when it lists any, and what it writes in MSH-3 and MSH-4. One that is named in MSH goes before one that may
 * speak for anybody.
 *
 * @example makeIdentify(shippedSources())({ address: '127.0.0.1', fingerprint: null }, 'LIS', 'LAB')?.client // 'laboratory-loopback'
 */
export function makeIdentify(sources: readonly LabSource[]): Identify {
  const judged = sources.map((source) => ({
    source,
    addresses: listOf(source.addresses),
    certificates: new Set(source.certificates.map(plain)),
  }))
  judged.sort((a, b) => Number(a.source.msh === 'any') - Number(b.source.msh === 'any'))
  return (peer, application, facility) => {
    const found = judged.find(({ source, addresses, certificates }) => {
      if (certificates.size > 0 && (peer.fingerprint === null || !certificates.has(plain(peer.fingerprint))))
        return false
      if (source.addresses.length > 0 && !holds(addresses, peer.address)) return false
      return speaksAs(source, application, facility)
    })
    return found?.source ?? null
  }
}

const plain = (fingerprint: string): string => fingerprint.replaceAll(':', '').toUpperCase()

function listOf(addresses: readonly string[]): BlockList {
  const list = new BlockList()
  for (const one of addresses) {
    const [address = '', prefix] = one.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return list
}

function holds(list: BlockList, address: string): boolean {
  // Node listens on both families and shows a version 4 address in version 6 clothes.
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  const shown = mapped ?? address
  return list.check(shown, isIPv6(shown) ? 'ipv6' : 'ipv4')
}
