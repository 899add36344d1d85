/** Black and white fields of a QR code, row by row, without quiet zone. */
export type Fields = readonly (readonly boolean[])[]

const quiet = 4

/** A QR code, always black on white with a quiet zone of four fields, also in the dark theme. */
export function Qr({ fields, label }: { fields: Fields; label: string }) {
  const size = fields.length + 2 * quiet
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect class="qr-ground" width={size} height={size} />
      <path class="qr-fields" d={qrPath(fields)} />
    </svg>
  )
}

/**
 * One path for all black fields; neighbours in a row become one stroke of fields.
 *
 * @example qrPath([[true, true, false]]) // 'M4 4h2v1h-2z'
 */
export function qrPath(fields: Fields): string {
  const parts: string[] = []
  for (const [y, row] of fields.entries()) {
    let start = -1
    for (let x = 0; x <= row.length; x++) {
      if (row[x] === true && start === -1) start = x
      if (row[x] !== true && start !== -1) {
        parts.push(`M${start + quiet} ${y + quiet}h${x - start}v1h${start - x}z`)
        start = -1
      }
    }
  }
  return parts.join('')
}
