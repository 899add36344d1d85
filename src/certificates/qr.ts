import { PNG } from 'pngjs'
import { encodeQR } from 'qr'
import { SluisError } from '../kernel/errors.ts'

/** Alphanumeric characters a QR code of the largest version holds, by error correction (ISO/IEC 18004 table 7). */
const corrections = [
  { ecc: 'quartile', most: 2420 },
  { ecc: 'medium', most: 3391 },
  { ecc: 'low', most: 4296 },
] as const

/** White modules around the code that a reader needs (ISO/IEC 18004 section 6.3.8). */
const quietZone = 4

/**
 * The QR code of a certificate as SVG, to be shown at 35 to 60 mm. Error correction Q as hcert recommends, less only for a
 * text that does not fit. Throws `certificate-too-long` when it fits in no code.
 */
export function qrSvg(hc1: string): string {
  const modules = encodeQR(hc1, 'raw', { ...optionsFor(hc1), border: quietZone })
  const size = modules.length
  // A white ground of its own, or a page in dark colours makes the code unreadable.
  const ground = `<rect width="${size}" height="${size}" fill="#fff"/>`
  const bars = modules.map((row, y) => barsOf(row, y)).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">${ground}<path d="${bars}"/></svg>`
}

/** The modules of a certificate's QR code, row by row, without quiet zone. Throws `certificate-too-long`. */
export function qrFields(hc1: string): boolean[][] {
  // The encoder refuses to leave the border out, so the smallest one is made and taken off.
  const framed = encodeQR(hc1, 'raw', { ...optionsFor(hc1), border: 1 })
  return framed.slice(1, -1).map((row) => row.slice(1, -1))
}

/** One bar for each run of dark modules: a third of the text of one square for each. */
function barsOf(row: readonly boolean[], y: number): string {
  let bars = ''
  for (let x = 0; x < row.length; x++) {
    const start = x
    while (row[x] === true) x++
    if (x > start) bars += `M${start} ${y}h${x - start}v1h${start - x}z`
  }
  return bars
}

/**
 * The QR code of a certificate as PNG, black on white.
 *
 * @param scale pixels for each module
 */
export function qrPng(hc1: string, scale = 6): Buffer {
  const modules = encodeQR(hc1, 'raw', { ...optionsFor(hc1), border: quietZone })
  const width = modules.length * scale
  const png = new PNG({ width, height: width, colorType: 0, inputColorType: 0, bitDepth: 8, inputHasAlpha: false })
  const pixels = Buffer.alloc(width * width, 0xff)
  for (const [y, row] of modules.entries()) {
    for (const [x, dark] of row.entries()) {
      if (!dark) continue
      for (let line = y * scale; line < (y + 1) * scale; line++)
        pixels.fill(0, line * width + x * scale, line * width + (x + 1) * scale)
    }
  }
  png.data = pixels
  return PNG.sync.write(png, { colorType: 0, inputColorType: 0, bitDepth: 8, inputHasAlpha: false })
}

function optionsFor(hc1: string): { ecc: 'quartile' | 'medium' | 'low'; encoding: 'alphanumeric' } {
  const correction = corrections.find(({ most }) => hc1.length <= most)
  if (correction === undefined) throw new SluisError('certificate-too-long', { limit: 4296 })
  return { ecc: correction.ecc, encoding: 'alphanumeric' }
}
