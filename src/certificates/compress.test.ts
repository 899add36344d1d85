import { deflateSync, inflateSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase45, encodeBase45 } from './base45.ts'
import { compress, inflate } from './compress.ts'
import { coseOf, issued } from '../../tests/certificates/sample.ts'

describe('compressing', () => {
  it('makes a stream zlib reads, for bytes of every kind and size', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      fc.uint8Array({ maxLength: 3000, max: 3 }),
      fc.constantFrom(0, 1, 2, 3, 258, 259, 65_535, 70_000).map((size) => new Uint8Array(size).fill(65)),
    )
    fc.assert(
      fc.property(bytes, (given) => {
        const stream = compress(given)
        expect(stream.subarray(0, 2).toString('hex')).toBe('78da')
        expect(inflateSync(stream).equals(given)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('is as small as zlib makes a certificate, give or take a few bytes', () => {
    const cose = coseOf(issued())
    expect(compress(cose).length).toBeLessThanOrEqual(deflateSync(cose, { level: 9 }).length + 8)
    expect(compress(Buffer.alloc(1000, 'abc')).length).toBeLessThan(60)
  })

  it('stops inflating at 64 KiB and refuses what follows the stream', () => {
    expect(inflate(deflateSync(Buffer.alloc(10_000_000)))).toEqual({ state: 'too-large' })
    expect(inflate(Buffer.concat([compress(Buffer.from('a')), Buffer.from('b')]))).toEqual({ state: 'unreadable' })
  })
})

describe('base45', () => {
  it('follows the examples of RFC 9285 and refuses strictly', () => {
    expect(encodeBase45(Buffer.from('AB'))).toBe('BB8')
    expect(encodeBase45(Buffer.from('base-45'))).toBe('UJCLQE7W581')
    expect(decodeBase45('QED8WEX0')?.toString()).toBe('ietf!')
    for (const text of ['GGW', '::', 'bb8', 'A', 'BB8A', 'B\u0100', 'B=8', ':::']) expect(decodeBase45(text)).toBeNull()
  })

  it('brings every byte string back', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => decodeBase45(encodeBase45(bytes))?.equals(bytes) === true))
  })
})
