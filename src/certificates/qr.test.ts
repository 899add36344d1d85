import jsqr from 'jsqr'
import { PNG } from 'pngjs'
import { describe, expect, it } from 'vitest'
import { qrPng, qrSvg } from './qr.ts'
import { issued } from '../../tests/certificates/sample.ts'

describe('the QR code', () => {
  it('reads back from the PNG', () => {
    const hc1 = issued()
    const { data, width, height } = PNG.sync.read(qrPng(hc1, 4))
    expect(jsqr.default(new Uint8ClampedArray(data), width, height)?.data).toBe(hc1)
  })

  it('is SVG of the same, and refuses a text no code holds', () => {
    const verbatim = issued()
    const svg = qrSvg(verbatim)
    const width = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1])
    const pixels = new Uint8ClampedArray(width * width * 16 * 4).fill(255)
    for (const [, x, y, run] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
      paint(pixels, width * 4, [Number(x), Number(y), Number(run)])
    expect(jsqr.default(pixels, width * 4, width * 4)?.data).toBe(verbatim)
    expect(qrSvg('A'.repeat(4296))).toContain('<svg')
    expect(() => qrSvg('A'.repeat(4297))).toThrow('certificate-too-long')
  })
})

/** Makes a bar of dark modules black, four pixels a module. */
function paint(pixels: Uint8ClampedArray, width: number, [x, y, run]: readonly [number, number, number]): void {
  for (let line = y * 4; line < y * 4 + 4; line++)
    for (let place = x * 4; place < (x + run) * 4; place++)
      pixels.fill(0, (line * width + place) * 4, (line * width + place) * 4 + 3)
}
