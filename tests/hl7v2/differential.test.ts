import { Hl7Message as MedplumMessage, type Hl7Field, type Hl7Segment } from '@medplum/core'
import hl7parser from 'hl7parser'
import { describe, expect, it } from 'vitest'
import type { Hl7Message } from '../../src/formats/hl7v2/message.ts'
import { splitHl7 } from '../../src/formats/hl7v2/read.ts'
import { messageRanges } from '../../src/formats/hl7v2/split.ts'
import { sampleFiles, samplesAreHere } from './samples.ts'

/** What two readers must agree on. Texts are raw: the others decode escapes in other ways, or not at all. */
interface Seen {
  readonly controlId: string
  readonly family: string
  readonly codes: readonly string[]
  readonly values: readonly string[]
}

const decoded = (text: string): string => Buffer.from(text, 'latin1').toString('utf8')

function ours(message: Hl7Message): Seen {
  const results = message.segments.filter(({ name }) => name === 'OBX')
  const patient = message.segments.find(({ name }) => name === 'PID')
  const first = (raw: string): string => message.component(message.repetitions(raw)[0] ?? '', 1)
  return {
    controlId: decoded(message.header.field(10)),
    family: decoded(message.subcomponent(first(patient?.field(5) ?? ''), 1)),
    codes: results.map((result) => decoded(message.subcomponent(first(result.field(3)), 1))),
    values: results.map((result) => decoded(result.field(5))),
  }
}

// Typed as always there, and undefined past the last field.
const field = (segment: Hl7Segment, n: number): string =>
  (segment.getField(n) as Hl7Field | undefined)?.toString() ?? ''

function medplum(text: string): Seen {
  const message = MedplumMessage.parse(text)
  const results = message.getAllSegments('OBX')
  return {
    controlId: field(message.header, 10),
    family: message.getSegment('PID')?.getComponent(5, 1, 0) ?? '',
    codes: results.map((result) => result.getComponent(3, 1, 0)),
    values: results.map((result) => field(result, 5)),
  }
}

function parser(text: string): Seen {
  const message = hl7parser.create(text)
  const results = message.exists('OBX') ? nodesOf(message.get('OBX')) : []
  const raw = (node: hl7parser.Node): string => (node.isEmpty() ? '' : node.toRaw())
  const first = (node: hl7parser.Node): string => raw(node).split(/[~^&]/)[0] ?? ''
  return {
    controlId: raw(message.get('MSH.10')),
    family: message.exists('PID') ? first(nodesOf(message.get('PID'))[0]!.get(5)) : '',
    codes: results.map((result) => first(result.get(3))),
    values: results.map((result) => raw(result.get(5))),
  }
}

/** One segment is a node by itself, several are a list. */
const nodesOf = (found: hl7parser.Node): readonly hl7parser.Node[] => {
  const all = found.toArray()
  return all[0]?.name === found.name ? all : [found]
}

const messages = sampleFiles().flatMap(({ name, bytes }) => {
  const file = splitHl7(bytes, [])
  const ranges = messageRanges(file)
  return file.messages.map((message, index) => {
    const { from, to } = ranges[index]!
    // The other readers know carriage returns only, or drop results after anything else.
    const text = bytes
      .toString('utf8', from, to)
      .replace(/\r?\n/g, '\r')
      .replace(/\r[\r \t]*/g, '\r')
    return { name: index === 0 ? name : `${name}#${index + 1}`, message, text }
  })
})

describe.skipIf(!samplesAreHere)('public messages (skipped: lab-samples are not here)', () => {
  it('are all there', () => {
    expect(messages.length).toBeGreaterThan(600)
  })

  it.each([
    ['@medplum/core', medplum],
    ['hl7parser', parser],
  ])('read the same as by %s', (_reader, read) => {
    const differing = messages.filter(
      ({ message, text }) => JSON.stringify(ours(message)) !== JSON.stringify(read(text)),
    )
    expect(differing.map(({ name }) => name)).toEqual([])
  })
})
