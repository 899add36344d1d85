import { Readable, Writable } from 'node:stream'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { run } from '../../src/commands/read.ts'
import { countResults } from '../../src/formats/hl7v2/count.ts'
import { readHl7v2 } from '../../src/formats/hl7v2/read.ts'
import { shippedSources } from '../../src/formats/hl7v2/sources.ts'
import type { ReadLine } from '../../src/formats/read-lines.ts'
import { sampleFiles, sampleFolder, samplesAreHere } from './samples.ts'

const receivedAt = new Date('2026-11-22T12:00:00Z')
const format = readHl7v2(shippedSources())
const files = sampleFiles()

describe.skipIf(!samplesAreHere)('public messages (skipped: lab-samples are not here)', () => {
  it('are walked by sluis read, each with every OBX conserved', async () => {
    let out = ''
    const stdout = new Writable({
      write(part, _encoding, done) {
        out += String(part)
        done()
      },
    })
    const stderr = new Writable({ write: (_part, _encoding, done) => done() })
    const code = await run([sampleFolder, '--json'], { stdin: Readable.from([]), stdout, stderr })
    expect([0, 1]).toContain(code)
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ReadLine)
    const lab = lines.filter(({ format }) => format === 'hl7v2')
    // What SOURCES.md of the samples says: 681 messages.
    expect(lab).toHaveLength(681)
    for (const { counts, records } of lab) {
      expect(counts['obx']).toBe(counts['mapped']! + counts['kept']!)
      expect(records).toBe(counts['obx'])
    }
    const total = files.reduce((sum, { bytes }) => sum + countResults(bytes), 0)
    expect(lab.reduce((sum, { counts }) => sum + counts['obx']!, 0)).toBe(total)
    expect(lab.filter(({ counts }) => counts['kept']! > 0).map(({ errors }) => errors[0]?.code)).toEqual(
      Array.from({ length: lab.filter(({ counts }) => counts['kept']! > 0).length }, () => 'hl7-result-without-code'),
    )
  })

  it('damaged in any way are read or refused with a reason, never thrown at', () => {
    const small = files.filter(({ bytes }) => bytes.length < 20_000)
    const damage = fc.record({
      file: fc.nat(small.length - 1),
      cuts: fc.array(fc.tuple(fc.nat(20_000), fc.nat(30), fc.uint8Array({ maxLength: 8 })), { maxLength: 6 }),
    })
    fc.assert(
      fc.property(damage, ({ file, cuts }) => {
        let bytes = small[file]!.bytes
        for (const [at, length, put] of cuts)
          bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + length)])
        const reading = format.read(bytes, { receivedAt })
        if (reading.state === 'read') expect(reading.records).toHaveLength(countResults(bytes))
        else expect(reading.faults[0]!.code).toBe('hl7-not-recognised')
      }),
      { numRuns: 300 },
    )
  })
})
