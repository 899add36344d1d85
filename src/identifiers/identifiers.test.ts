import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkAgb } from './agb.ts'
import { checkAtc } from './atc.ts'
import { checkBsn } from './bsn.ts'
import { checkCbe } from './cbe.ts'
import { checkCnk } from './cnk.ts'
import { checkInsurerBarcode } from './insurer-barcode.ts'
import { checkInsz, makeInsz } from './insz.ts'
import { checkLoinc } from './loinc.ts'
import { checkNihii, makeNihii } from './nihii.ts'
import { checkRid } from './rid.ts'
import { checkUzi } from './uzi.ts'

const check = { checkAgb, checkAtc, checkBsn, checkCbe, checkCnk, checkLoinc, checkNihii, checkRid, checkUzi }

const examples: Record<keyof typeof check, { valid: string; wrong: string }> = {
  checkNihii: {
    valid: '27456740 31410182 62599147 13406784480 10000106999 41234502000 41234581000',
    wrong: '27456741 13406785480 2745674 274567400 ABCDEFGH',
  },
  checkCbe: { valid: '0566988259 0406753266 1000000120', wrong: '0406753267 0234500789 2000000120 566988259' },
  checkCnk: {
    valid: '4782074 1517192 2837409 2663532 0338707 1597210 2597235 4670576 1149939 5521513',
    wrong: '4782075 1571192 4782-074 478207',
  },
  checkBsn: { valid: '111222333 999990019 123456782', wrong: '123456789 010101010 000000000 00000000 1112223334' },
  checkLoinc: {
    valid: '59261-8 62238-1 22748-8 12345-5 94558-4 5895-7 1-8 28-1 76-0 12-5 29-9 44-8',
    wrong: '59261-7 62238-2 592618 1-9 28-2 12345678-0',
  },
  checkRid: { valid: 'BEPABZ2D88CD', wrong: 'BEPABZ2D88C XEPABZ2D88CD BEPABZ2D88C-' },
  checkAgb: { valid: '02001234', wrong: '0200123 0200123a' },
  checkUzi: { valid: '900000001', wrong: '90000001 90000000x' },
  checkAtc: { valid: 'A A10 A10B A10BA A10BA02', wrong: 'A1 A10b A10BA0 10A A10BA022' },
}

describe.each(Object.entries(examples))('%s', (name, { valid, wrong }) => {
  const checkOne = check[name as keyof typeof check]
  it.each(valid.split(' '))('accepts %s', (text) => expect(checkOne(text).state).toBe('valid'))
  it.each(wrong.split(' '))('finds %s wrong', (text) => expect(checkOne(text).state).toBe('wrong'))
})

describe('checkInsz', () => {
  it.each([
    ['93051822361', 'national', 'male', '1993-05-18'],
    ['00012556777', 'national', 'male', '2000-01-25'],
    ['17070100116', 'national', 'male', '2017-07-01'],
    ['57010100901', 'national', 'male', '1957-01-01'],
    ['85473003317', 'bis', 'male', '1985-07-30'],
    ['85273003371', 'bis', 'unknown', '1985-07-30'],
  ])('reads %s', (text, kind, sex, birthDate) => {
    expect(checkInsz(text)).toEqual({ state: 'valid', kind, sex, birthDate })
  })

  it.each([
    ['93051822362', 'check-digits'],
    ['12345678901', 'birth-date'],
    ['79121137740', 'check-digits'],
    ['9305182236', 'shape'],
    ['93.05.18-223.61', 'shape'],
    ['9305182236١', 'shape'],
  ])('finds %s wrong: %s', (text, why) => expect(checkInsz(text)).toEqual({ state: 'wrong', why }))

  it('says year or month when the number leaves day or month open', () => {
    expect(checkInsz(makeInsz('1960-00-00', 12))).toMatchObject({ birthDate: '1960', sex: 'female' })
    expect(checkInsz(makeInsz('2004-03-00', 11))).toMatchObject({ birthDate: '2004-03' })
  })

  it('knows leap days of each century', () => {
    expect(checkInsz(makeInsz('2000-02-29', 1)).state).toBe('valid')
    expect(checkInsz(makeInsz('1900-02-29', 1))).toEqual({ state: 'wrong', why: 'birth-date' })
  })

  it('reads back what makeInsz makes, and notices every single changed digit', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
        fc.integer({ min: 1, max: 998 }),
        fc.nat({ max: 8 }),
        fc.integer({ min: 1, max: 9 }),
        (date, serial, place, step) => {
          const birthDate = date.toISOString().slice(0, 10)
          const insz = makeInsz(birthDate, serial)
          expect(checkInsz(insz)).toMatchObject({ birthDate, sex: serial % 2 === 1 ? 'male' : 'female' })
          const other = insz.slice(0, place) + String((Number(insz[place]) + step) % 10) + insz.slice(place + 1)
          const seen = checkInsz(other)
          // One digit changed may by chance hold for the other century; it never holds for the same one.
          if (seen.state === 'valid') expect(seen.birthDate.slice(0, 2)).not.toBe(birthDate.slice(0, 2))
        },
      ),
    )
  })
})

describe('facts beside the check', () => {
  it('tells the two moduli of NIHII apart', () => {
    expect(checkNihii('41234502000')).toMatchObject({ modulus: 97, kind: 'professional', qualification: '000' })
    expect(checkNihii('41234581000')).toMatchObject({ modulus: 89 })
    expect(checkNihii(makeNihii(274567))).toMatchObject({ kind: 'organisation', qualification: null })
  })

  it('adds the zero a BSN lost and gives the level of an ATC group', () => {
    expect(checkBsn('99999011')).toEqual(checkBsn('099999011'))
    expect(checkAtc('A10B')).toEqual({ state: 'valid', level: 3 })
  })

  it('does not refuse an insurer barcode for its check digits', () => {
    expect(checkInsurerBarcode('01969912319994')).toMatchObject({ insurer: '0196', checkDigits: 'do-not-hold' })
    expect(checkInsurerBarcode('0196991231999')).toEqual({ state: 'wrong', why: 'shape' })
  })

  it('marks the LOINC codes published with a wrong digit', () => {
    expect(checkLoinc('5895-7')).toEqual({ state: 'valid', deprecated: true })
  })
})

it('never throws on any text', () => {
  const all = [...Object.values(check), checkInsz, checkInsurerBarcode]
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9A-Z.-]{0,15}$/)), (text) => {
      for (const checkOne of all) expect(['valid', 'wrong']).toContain(checkOne(text).state)
    }),
  )
})
