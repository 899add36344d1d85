import { describe, expect, it } from 'vitest'
import { readCose } from './cose.ts'
import { revocationEntry, revocationHashes, toRevocationList } from './revocation.ts'
import { verifyCertificate } from './verify.ts'
import { at, coseOf, issued, trusted, wrap } from '../../tests/certificates/sample.ts'

describe('revoking', () => {
  it('finds a certificate by each of its three hashes, also with its signature turned', () => {
    const hc1 = issued()
    const read = readCose(coseOf(hc1))
    const found = verifyCertificate(hc1, [trusted], at)
    if (read.state === 'unreadable') throw new Error(read.why)
    const hashes = revocationHashes(read.message, found.payload)
    expect(hashes.map(({ type }) => type)).toEqual(['SIGNATURE', 'UCI', 'COUNTRYCODEUCI'])
    for (const hash of hashes) {
      const revoked = verifyCertificate(hc1, [trusted], at, { revocation: toRevocationList([hash]) })
      expect([revoked.valid, revoked.revoked]).toEqual([false, true])
    }
    const turned = turnSignature(coseOf(hc1))
    const list = toRevocationList(hashes.filter(({ type }) => type === 'SIGNATURE'))
    const again = verifyCertificate(wrap(turned), [trusted], at, { revocation: list })
    expect([again.steps.signature, again.revoked]).toEqual([true, true])
  })

  it('leaves others alone and reads a list with rubbish in it', () => {
    const list = toRevocationList([
      revocationEntry('URN:UVCI:01:BE:OTHER#A'),
      null,
      1,
      { type: 'UCI' },
      { type: 'X', hash: 'y' },
    ])
    expect(verifyCertificate(issued(), [trusted], at, { revocation: list })).toMatchObject({
      valid: true,
      revoked: false,
    })
  })
})

/** (r, n - s): as true as (r, s). */
function turnSignature(cose: Buffer): Buffer {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const s = BigInt(`0x${cose.subarray(-32).toString('hex')}`)
  return Buffer.concat([cose.subarray(0, -32), Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex')])
}
