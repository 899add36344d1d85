import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readCose } from './cose.ts'
import { makeDevelopmentSigner } from './development.ts'
import { issueCertificate } from './issue.ts'
import { revocationEntry, revocationHashes, toRevocationList, type RevocationList } from './revocation.ts'
import { verifyCertificate } from './verify.ts'
import { at, coseOf, issued, issuedAt, times, trust, trusted, whole, wrap } from '../../tests/certificates/sample.ts'

describe('revoking', () => {
  it('finds a certificate by each of its three hashes, also with its signature turned', () => {
    const hc1 = issued()
    const read = readCose(coseOf(hc1))
    const found = verifyCertificate(hc1, [trusted], at)
    if (read.state === 'unreadable') throw new Error(read.why)
    const hashes = revocationHashes(read.message, found)
    expect(hashes.map(({ type }) => type)).toEqual(['SIGNATURE', 'UCI', 'COUNTRYCODEUCI'])
    for (const hash of hashes) {
      const revoked = verifyCertificate(hc1, [trusted], at, { revocation: listOf([hash]) })
      expect([revoked.valid, revoked.revoked]).toEqual([false, true])
    }
    const turned = turnSignature(coseOf(hc1))
    const list = listOf(hashes.filter(({ type }) => type === 'SIGNATURE'))
    const again = verifyCertificate(wrap(turned), [trusted], at, { revocation: list })
    expect([again.steps.signature, again.revoked]).toEqual([true, true])
  })

  it('finds it by the country that issued it, and by that of the dose', async () => {
    const ci = 'URN:UVCI:01:NL:187/37512422923#Z'
    const issuer = 'NL'
    const dutch = await makeDevelopmentSigner({ at: issuedAt, country: issuer })
    const { hc1 } = issueCertificate(whole('v', { co: 'AW', ci }), dutch, { ...times, issuer })
    const revokedBy = (text: string) => {
      const hash = createHash('sha256').update(text).digest().subarray(0, 16).toString('base64')
      return verifyCertificate(hc1, [trust(dutch)], at, { revocation: listOf([{ type: 'COUNTRYCODEUCI', hash }]) })
    }
    expect(revokedBy(`NL${ci}`)).toMatchObject({ valid: false, revoked: true, issuer: 'NL' })
    expect(revokedBy(`AW${ci}`)).toMatchObject({ valid: false, revoked: true })
    expect(revokedBy(`BE${ci}`)).toMatchObject({ valid: true, revoked: false })
  })

  it('leaves others alone', () => {
    const list = listOf([revocationEntry('URN:UVCI:01:BE:OTHER#A')])
    expect(verifyCertificate(issued(), [trusted], at, { revocation: list })).toMatchObject({
      valid: true,
      revoked: false,
    })
  })

  it('reads no list with an entry that is none, and says which', () => {
    const { type, hash } = revocationEntry('URN:UVCI:01:BE:OTHER#A')
    const hex = Buffer.from(hash, 'base64').toString('hex')
    const rubbish: unknown[] = [null, 1, 'x', {}, { type }, { hash }, { type: 'X', hash }, { type: 'uci', hash }]
    for (const wrong of [hex, hash.slice(0, -2), hash.slice(0, 20), `${hash}\n`, '', 5])
      rubbish.push({ type, hash: wrong })
    for (const entry of rubbish)
      expect(toRevocationList([{ type, hash }, entry])).toEqual({ state: 'unreadable', entry: 2 })
    expect(toRevocationList([])).toMatchObject({ state: 'read' })
  })
})

function listOf(entries: readonly unknown[]): RevocationList {
  const read = toRevocationList(entries)
  if (read.state === 'unreadable') throw new Error(`entry ${read.entry}`)
  return read.list
}

/** (r, n - s): as true as (r, s). */
function turnSignature(cose: Buffer): Buffer {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const s = BigInt(`0x${cose.subarray(-32).toString('hex')}`)
  return Buffer.concat([cose.subarray(0, -32), Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex')])
}
