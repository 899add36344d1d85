import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readJson } from './read.ts'
import { scanJson } from './scan.ts'

const scan = (text: string) => scanJson(Buffer.from(text))

function faultOf(bytes: Uint8Array | string) {
  const found = readJson(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
  return found.state === 'read' ? 'read' : `${found.faults[0]?.code} ${found.faults[0]?.path}`.trim()
}

describe('readJson', () => {
  it.each([
    ['{"a":1,"b":{"a":[1,2,{"a":null}]},"":""}', 'read'],
    ['{"a:b":"c:d","e":"\\":\\\\"}', 'read'],
    [' [1.5e3, -0, 9007199254740991, true] \n', 'read'],
    ['"\\ud83d\\ude00 \\u00e9 \\u0001"', 'read'],
    ['{"__proto__":1,"constructor":2}', 'read'],
    ['', 'json-broken'],
    ['{"a":', 'json-broken /a'],
    ['{"a":1,}', 'json-broken'],
    ["{'a':1}", 'json-broken'],
    ['{"a":01}', 'json-broken'],
    ['{"a":NaN}', 'json-broken /a'],
    ['["a\nb"]', 'json-broken /0'],
    ['["\\x"]', 'json-broken /0'],
    ['{"a":1} {"b":2}', 'json-trailing'],
    ['{"a":1}\0', 'json-trailing'],
    ['{"a":{"b":1,"c":2,"b":3}}', 'json-duplicate-key /a/b'],
    ['{"a":1,"\\u0061":2}', 'json-duplicate-key /a'],
    ['{"a":{"__proto__":1,"__proto__":2}}', 'json-duplicate-key /a/__proto__'],
    ['[{"a/b~":1,"a/b~":2}]', 'json-duplicate-key /0/a~1b~0'],
    ['{"a":"x\\u0000y"}', 'json-nul /a'],
    ['{"a\\u0000":1}', 'json-nul'],
    ['["\\ud83d"]', 'json-half-surrogate /0'],
    ['["\\uDE00\\ud83d"]', 'json-half-surrogate /0'],
    ['[1e999]', 'json-number-range /0'],
    ['{"n":9007199254740993}', 'json-number-range /n'],
    ['{"n":-12345678901234567890}', 'json-number-range /n'],
  ])('%s -> %s', (text, expected) => expect(faultOf(text)).toBe(expected))

  it('refuses bytes that are not UTF-8, a byte order mark, and UTF-16', () => {
    expect(faultOf(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toBe('json-not-utf8')
    expect(faultOf(Buffer.from('{"a":"é"}', 'latin1'))).toBe('json-not-utf8')
    expect(faultOf(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toBe('json-not-utf8')
    expect(faultOf('\ufeff{}')).toBe('json-byte-order-mark')
    expect(faultOf(Buffer.from('{}', 'utf16le'))).not.toBe('read')
  })

  it('reads 32 levels and refuses 33, a million of them too', () => {
    expect(faultOf('['.repeat(32) + ']'.repeat(32))).toBe('read')
    expect(faultOf('['.repeat(33) + ']'.repeat(33))).toBe('json-too-deep')
    expect(faultOf('{"a":'.repeat(1_000_000))).toBe('json-too-deep')
    expect(faultOf(`"${'['.repeat(100)}"`)).toBe('read')
  })

  it('finds a duplicate behind a megabyte of text without running out of stack', () => {
    const long = 'x\\n'.repeat(400_000)
    expect(faultOf(`{"a":"${long}","b":1,"b":2}`)).toBe('json-duplicate-key /b')
  })

  it('looks only once at bytes with nothing odd in them', () => {
    expect(scan('{"a":{"b:c":[1,{"d":"x:\\":y"}]}}')).toEqual({ depth: 4, colons: 3, suspicious: false })
    expect(scan('["\\\\u0000"]')).toEqual({ depth: 1, colons: 0, suspicious: false })
    expect(scan('["\\u0000"]').suspicious).toBe(true)
  })

  it('reads every JSON value back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'small', maxDepth: 8 }), (value) => {
        const text = JSON.stringify(value)
        const found = readJson(Buffer.from(text))
        if (found.state === 'read') expect(JSON.stringify(found.value)).toBe(text)
        else expect(['json-nul', 'json-number-range', 'json-half-surrogate']).toContain(found.faults[0]?.code)
      }),
    )
  })

  it('never throws, and agrees with JSON.parse on what is JSON at all', () => {
    const almost = fc.array(
      fc.constantFrom('{', '}', '[', ']', '"a"', '"b"', ':', ',', '1', '-', 'e', '.', ' ', 'true', '\\', '"', 'é'),
    )
    const bytes = fc.oneof(
      almost.map((parts) => Buffer.from(parts.join(''))),
      fc.uint8Array({ maxLength: 200 }),
    )
    fc.assert(
      fc.property(bytes, (bytes) => {
        const found = readJson(bytes)
        if (found.state === 'read') expect(() => JSON.parse(Buffer.from(bytes).toString()) as unknown).not.toThrow()
        else expect(found.faults).toHaveLength(1)
      }),
      { numRuns: 2_000 },
    )
  })
})
